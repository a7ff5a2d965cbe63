-- audit.lua: who did what, on whom, when, from where and why; for the functions of which that must be known. Nothing
-- of it is ever changed, and no function takes an entry out but audit_trim, those past their time.
--
-- audit  stream: one entry each, flat fields:
--          seq     counts within the partition's audit, from 1
--          at      when, in milliseconds
--          who     the person who did it; empty: a hub, or who has the data folder
--          what    a word: "grant", "device_revoke", "forbidden", …; a hub's own are "seal" and "trim"
--          on      whom or what it was done to: ids and codes with blanks between them
--          from    the address it came from; "gridctl" for who has the data folder
--          why     the reason that was stated, in his own words
--          detail  numbers, codes and states ("role=worker until=0"); never a name, a phone or a token
--          hash    SHA-1 of the hash before, seq, at, who, what, on, from, why and detail, with tabs between them
--
-- So an entry that is changed, taken out or moved breaks the chain from there on. Whoever has Redis can reckon a new
-- one through to the end; what he cannot make are a hub's own entries, whose hash (in `detail`) is under a key that
-- is not in Redis (verbs/audit_seal.h):
--   seal  every minute in which something came: of the partition, of the seq and the hash in front of it, of when,
--         and of the seal before. A hub seals only if the last seal that it knows is still in the log; one that has
--         just started goes by the last it finds, and seals nothing if what came behind that, from others than
--         gridctl, spans more than five minutes. Then it says so in its log and in its figures, and leaves the log
--         unsealed.
--   accept  by who has the key and looked: what stands, broken as it is, is what hubs go on from (gridctl audit-log
--         accept). Of the partition, the last entry that stood, a digest of all behind the last seal that fits, what is
--         wrong with it, who (the uid) and why. It counts as a seal, and for a hub that refuses the log as the one that
--         it knows, if it was made after that hub last found the log good. The break stands there as long as the entry.
--   trim  what is past its time goes from the front, up to a seal that is itself past it; in its place stands the seq
--         and the hash of the last that went: from there the rest is reckoned. Its hash is of these, of the moment
--         before which all went, and of when.
--
-- Who has Redis and not the key, against `gridctl audit-log verify`:
--   cannot  change, move or take out one that is sealed and leave those behind it, nor cut off what is not past its
--           time, nor get a hub that runs to seal a log without the last seal that this hub knows
--   can     add what nobody did, and change or take out what is not sealed yet: of the last minute, or since the hubs
--           stopped
--   can     while no hub runs, cut off the end, back to any seal, and put behind it what is dated within five
--           minutes, or as of now, or from gridctl; or take away the whole log of a partition. The next hub goes on
--           from there. Only what the hubs logged shows it: the seq and the hash of each seal; keep that where he
--           does not get at it
--   can     change what was accepted although it did not fit, once the first entries of that are past their time; until
--           then the digest shows it
--   can     stop the seals, by taking the last one out. The hubs say so at once, verify when that is five minutes

local AUDIT_FIELDS = {'seq', 'at', 'who', 'what', 'on', 'from', 'why', 'detail'}

-- An entry as a table, with its hash.
local function audit_entry(item)
  local entry = {}
  for i = 1, #item[2], 2 do entry[item[2][i]] = item[2][i + 1] end
  return entry
end

local function audit_last(stream)
  local item = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  return item and audit_entry(item) or {seq = '0', hash = ''}
end

local function audit_append(stream, entry)
  local last = audit_last(stream)
  entry.seq = digits(tonumber(last.seq) + 1)
  local columns, fields = {last.hash}, {}
  for _, name in ipairs(AUDIT_FIELDS) do
    columns[#columns + 1] = entry[name]
    fields[#fields + 1] = name
    fields[#fields + 1] = entry[name]
  end
  local hash = redis.sha1hex(table.concat(columns, '\t'))
  return redis.call('XADD', stream, '*', 'hash', hash, unpack(fields)), hash
end

-- What a function that writes has done, beside its other writes. The stream is the last of its keys; where it came
-- from and why are the last two of its arguments.
local function audit(request, keys, args, what, on, detail)
  audit_append(keys[#keys], {at = digits(request.now), who = request.person, what = what, on = on,
    from = args[#args - 1], why = args[#args], detail = detail})
end

-- audit_add: what was only read, or refused. A hub that hears no answer may add it again.
-- KEYS audit. ARGV who, what, on, detail, from, why. Answers OK.
local function audit_add(keys, args)
  local who, what, on, detail, from, why = unpack(args, 1, 6)
  audit_append(keys[1], {at = digits(now()), who = who, what = what, on = on, from = from, why = why, detail = detail})
  return {'OK', {}}
end

redis.register_function('audit_add', audit_add)

local AUDIT_BACK = 5000 -- entries in which a seal is looked for; hubs set one every minute
local AUDIT_PAGE = 50

local SEALS, ACCEPTED, SEALS_OR_ACCEPTED = {seal = true}, {accept = true}, {seal = true, accept = true}

-- The last of those words from there on back, as an item of the stream, and the item in front of it; nil where there is
-- none.
local function audit_last_seal(stream, from, words)
  local found
  for _ = 1, AUDIT_BACK / AUDIT_PAGE do
    local items = redis.call('XREVRANGE', stream, from, '-', 'COUNT', AUDIT_PAGE)
    for _, item in ipairs(items) do
      if found then return found, item end
      if words[audit_entry(item).what] then found = item end
    end
    if #items < AUDIT_PAGE then return found end
    from = '(' .. items[#items][1]
  end
  return found
end

-- How long a time the entries behind an id span that hubs wrote for somebody before a moment.
local function audit_span(stream, id, moment)
  local first, last
  for _, item in ipairs(redis.call('XRANGE', stream, id and '(' .. id or '-', '+', 'COUNT', AUDIT_BACK)) do
    local entry = audit_entry(item)
    local at = tonumber(entry.at)
    if at and at < moment and entry.from ~= 'gridctl' then
      first = math.min(first or at, at)
      last = math.max(last or at, at)
    end
  end
  return first and last - first or 0
end

-- audit_head: the last entry, and what a hub holds against what it knows before it seals that.
-- KEYS audit. ARGV the id within the stream of the seal that is known ('' none), a moment (ms; 0: it does not
-- matter).
-- Answers OK {} seq hash what, of the oldest its seq, the hash of the entry with that id; of the last seal (or
-- acceptance) its id, seq, at, detail and hash, and the hash in front of it; how long a time that spans which hubs
-- wrote behind it before that moment (ms); its what and why. 0 and nothing where there is none.
redis.register_function{
  function_name = 'audit_head',
  flags = {'no-writes'},
  callback = function(keys, args)
    local stream, known = keys[1], args[1]
    local last, item = audit_last(stream), redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
    local oldest = item and audit_entry(item).seq or '0'
    item = known ~= '' and redis.call('XRANGE', stream, known, known)[1]
    local stands = item and audit_entry(item).hash or ''
    local found, before = audit_last_seal(stream, '+', SEALS_OR_ACCEPTED)
    local seal = found and audit_entry(found) or {}
    local span = args[2] ~= '0' and audit_span(stream, found and found[1], tonumber(args[2])) or 0
    return {'OK', {}, last.seq, last.hash, last.what or '', oldest, stands, found and found[1] or '', seal.seq or '0',
      seal.at or '', seal.detail or '', seal.hash or '', before and audit_entry(before).hash or '', digits(span),
      seal.what or '', seal.why or ''}
  end,
}

-- audit_accepted: the last acceptance. KEYS audit.
-- Answers OK {} its id within the stream, seq, at, why, detail and hash, and the hash in front of it; nothing where
-- there is none.
redis.register_function{
  function_name = 'audit_accepted',
  flags = {'no-writes'},
  callback = function(keys)
    local item, before = audit_last_seal(keys[1], '+', ACCEPTED)
    if not item then return {'OK', {}} end
    local entry = audit_entry(item)
    return {'OK', {}, item[1], entry.seq, entry.at, entry.why, entry.detail, entry.hash,
      before and audit_entry(before).hash or ''}
  end,
}

-- audit_seal: the seal of that head, if it is the head still. KEYS audit. ARGV seq, hash, when (ms), the detail.
-- Answers OK {} the id within the stream and the hash of the seal, or CHANGED: another hub sealed it, or more has
-- come.
local function audit_seal(keys, args)
  local last = audit_last(keys[1])
  if last.seq ~= args[1] or last.hash ~= args[2] then return refuse('CHANGED', 'audit') end

  local id, hash = audit_append(keys[1],
    {at = args[3], who = '', what = 'seal', on = '', from = '', why = '', detail = args[4]})
  return {'OK', {}, id, hash}
end

redis.register_function('audit_seal', audit_seal)

-- audit_accept: accepts what stands, if that head is the head still. KEYS audit. ARGV seq, hash ('' none), when (ms),
-- why, the detail. Answers OK, or CHANGED: more has come.
local function audit_accept(keys, args)
  local last = audit_last(keys[1])
  if last.seq ~= args[1] or last.hash ~= args[2] then return refuse('CHANGED', 'audit') end

  audit_append(keys[1], {at = args[3], who = '', what = 'accept', on = '', from = 'gridctl', why = args[4],
    detail = args[5]})
  return {'OK', {}}
end

redis.register_function('audit_accept', audit_accept)

-- What may go that came before a moment: up to the last seal from then, which stays.
local function audit_gone(stream, moment)
  local seal, gone = audit_last_seal(stream, digits(tonumber(moment) - 1), SEALS)
  return seal, gone and audit_entry(gone)
end

-- audit_trimmable: what would go that came before a moment. KEYS audit. ARGV the moment (ms).
-- Answers OK {} the seq and the hash of the last that would, 0 if there is none; at and detail of the seal behind it.
redis.register_function{
  function_name = 'audit_trimmable',
  flags = {'no-writes'},
  callback = function(keys, args)
    local item, gone = audit_gone(keys[1], args[1])
    if not gone then return {'OK', {}, '0'} end
    local seal = audit_entry(item)
    return {'OK', {}, gone.seq, gone.hash, seal.at, seal.detail}
  end,
}

-- audit_trim: takes that out. KEYS audit. ARGV the moment, seq, hash, when (ms), the detail.
-- Answers OK {} the seq, or CHANGED: another hub took it out.
local function audit_trim(keys, args)
  local seal, gone = audit_gone(keys[1], args[1])
  if not gone or gone.seq ~= args[2] or gone.hash ~= args[3] then return refuse('CHANGED', 'audit') end

  audit_append(keys[1], {at = args[4], who = '', what = 'trim', on = '', from = '', why = '', detail = args[5]})
  redis.call('XTRIM', keys[1], 'MINID', seal[1])
  return {'OK', {}, gone.seq}
end

redis.register_function('audit_trim', audit_trim)

local AUDIT_SCAN = 200 -- entries that one call looks at
local AUDIT_BYTES = 24000 -- of entries in a page

-- True if `word` is one of those in a text with blanks between them.
local function has_word(text, word)
  return string.find(' ' .. text .. ' ', ' ' .. word .. ' ', 1, true) ~= nil
end

-- audit_list: entries, the newest first, behind one. KEYS audit. ARGV the id within the stream of the entry to go on
-- behind or nothing, since, until (ms; 0: now), who, on, what (empty: any), entries at most.
-- Answers OK {} the id to go on behind or nothing, rows: seq, at, who, what, on, from, why, detail with tabs between
-- them, rows with newlines. A page may be empty though more follows.
redis.register_function{
  function_name = 'audit_list',
  flags = {'no-writes'},
  callback = function(keys, args)
    local after, since, till, who, on, what, limit = unpack(args, 1, 7)
    local newest = till == '0' and '+' or digits(tonumber(till) - 1)
    if after ~= '' then newest = '(' .. after end
    local rows, bytes, next_id, limit_count = {}, 0, '', tonumber(limit)
    local items = redis.call('XREVRANGE', keys[1], newest, since, 'COUNT', AUDIT_SCAN)
    for i, item in ipairs(items) do
      local entry, row = audit_entry(item), {}
      if i == AUDIT_SCAN then next_id = item[1] end
      if (who == '' or entry.who == who) and (what == '' or entry.what == what) and
        (on == '' or has_word(entry.on, on)) then
        for column, name in ipairs(AUDIT_FIELDS) do row[column] = entry[name] end
        rows[#rows + 1] = table.concat(row, '\t')
        bytes = bytes + #rows[#rows]
        if (#rows == limit_count or bytes > AUDIT_BYTES) and i < #items then
          next_id = item[1]
          break
        end
      end
    end
    return {'OK', {}, next_id, table.concat(rows, '\n')}
  end,
}
