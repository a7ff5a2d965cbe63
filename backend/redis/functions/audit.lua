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
-- one through to the end; what he cannot make is a `seal`: every minute in which something came, a hub adds an entry
-- whose detail is a hash, under a key that is not in Redis, of the partition and of the seq and the hash before it.
-- Nothing in front of a seal was rewritten if that fits. An end that is cut off shows in the stream's own counters,
-- which only a command made for it sets back, and in the hub's log, which has the seq of every seal.
--
-- What is past its time goes from the front. In its place the chain has an entry `trim` with the seq and the hash of
-- the last that went: from there the rest is reckoned.

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
  redis.call('XADD', stream, '*', 'hash', redis.sha1hex(table.concat(columns, '\t')), unpack(fields))
end

-- What a function that writes has done, beside its other writes. The stream is the last of its keys; where it came from
-- and why are the last two of its arguments.
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

-- audit_head: the last entry. KEYS audit. Answers OK {} seq hash what; 0 and nothing where there is none.
redis.register_function{
  function_name = 'audit_head',
  flags = {'no-writes'},
  callback = function(keys)
    local last = audit_last(keys[1])
    return {'OK', {}, last.seq, last.hash, last.what or ''}
  end,
}

-- audit_seal: the seal of that head, if it is the head still. KEYS audit. ARGV seq, hash, the seal.
-- Answers OK, or CHANGED: another hub sealed it, or more has come.
local function audit_seal(keys, args)
  local last = audit_last(keys[1])
  if last.seq ~= args[1] or last.hash ~= args[2] then return refuse('CHANGED', 'audit') end

  audit_append(keys[1], {at = digits(now()), who = '', what = 'seal', on = '', from = '', why = '', detail = args[3]})
  return {'OK', {}}
end

redis.register_function('audit_seal', audit_seal)

-- audit_trim: takes out all that came before a moment. KEYS audit. ARGV the moment (ms).
-- Answers OK {} the seq of the last that went, 0 if there was none.
local function audit_trim(keys, args)
  local item = redis.call('XREVRANGE', keys[1], digits(tonumber(args[1]) - 1), '-', 'COUNT', 1)[1]
  if not item then return {'OK', {}, '0'} end

  local gone = audit_entry(item)
  audit_append(keys[1], {at = digits(now()), who = '', what = 'trim', on = '', from = '', why = '',
    detail = 'seq=' .. gone.seq .. ' hash=' .. gone.hash})
  redis.call('XTRIM', keys[1], 'MINID', args[1])
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
