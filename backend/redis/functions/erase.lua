-- erase.lua: a person is forgotten, and his figures stay.
--
-- erased   sorted set of the ids of all who were erased, by when. None of them is ever given again
-- person   hash, of one who was: created, minutes, erased (when); while there is still something of him elsewhere also
--          identity, former (rebind.lua), phone and waited (the place where he waited to be registered), by which it is
--          found. He is not there any more from `erased` on (is_there())
-- meta     hash: forgot, when something was last forgotten here: Redis' files, which hold it still, are to be written
--          anew; rewritten, up to which `forgot` they were
-- due      "erase <id> <when>": what is left of him elsewhere is still to be taken away
--
-- What is in the partition of the person goes at once. The rest spans partitions: any hub does it, one call after the
-- other from the beginning to erase_end, and twice does no harm. Lines of chains keep the id, the place and the hours,
-- and but in open calls the state; who was signed up by him stays as he is.

local KEPT = {created = true, minutes = true, erased = true}
local NEEDED = {identity = true, former = true, phone = true, waited = true} -- until erase_end

local function erase_item(id, at)
  return 'erase ' .. id .. ' ' .. at
end

-- Takes out of a record all but what is kept and, on demand, what is needed still.
local function strip(person, is_end)
  for _, field in ipairs(redis.call('HKEYS', person)) do
    if not KEPT[field] and (is_end or not NEEDED[field]) then redis.call('HDEL', person, field) end
  end
end

-- What falls due for him is forgotten too.
local function drop_grants_due(grants, due, id)
  for _, grant in ipairs(redis.call('HKEYS', grants)) do
    redis.call('ZREM', due, 'grant ' .. id .. ' ' .. grant)
  end
end

-- The keys of a person who is erased, as the hub passes them: his record, persons, identities, granted, due, erased,
-- tellable, his grants; and behind them, up to `last`, what else there is of him alone.
local ERASE_KEYS = 8

-- He is in no list any more, and what is his alone is gone, but for the record.
local function leave_lists(keys, at, last, id)
  local persons, _, granted, due, _, tellable, grants = unpack(keys, at + 1, at + ERASE_KEYS - 1)
  drop_grants_due(grants, due, id)
  redis.call('SREM', persons, id)
  redis.call('SREM', granted, id)
  redis.call('HDEL', tellable, id)
  for i = at + ERASE_KEYS - 1, last do redis.call('UNLINK', keys[i]) end
end

local function erase_here(request, keys, at, last, id, when)
  local person, _, identities, _, due, erased = unpack(keys, at, at + ERASE_KEYS - 1)
  local identity, waited = redis.call('HGET', person, 'identity'), waits_at(person)
  if identity and redis.call('HGET', identities, identity) == id then redis.call('HDEL', identities, identity) end
  redis.call('HSET', person, 'erased', when)
  if waited then redis.call('HSET', person, 'waited', waited) end
  strip(person, false)
  leave_lists(keys, at, last, id)
  redis.call('ZADD', erased, when, id)
  redis.call('ZADD', due, when, erase_item(id, when))
  redis.call('HSET', request.meta, 'forgot', digits(request.now))
end

-- person_erase: he is nobody any more, and what is left of him elsewhere is due to go.
-- KEYS … the person's (see above), audit. ARGV … person, from, why. Answers OK, or NOT_FOUND person.
local function person_erase(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local id = args[ARG + 1]
  if not is_there(keys[KEY + 1]) then return refuse('NOT_FOUND', 'person') end

  erase_here(request, keys, KEY + 1, #keys - 1, id, digits(request.now))
  audit(request, keys, args, 'person_erase', id, '')
  return commit(request, {'erased', 'person', id})
end

redis.register_function('person_erase', person_erase)

-- The number of an id is not given again, also where a restore took us back to before it was given.
local function pass_over(meta, id)
  local number = tonumber(string.match(id, '%d+$'))
  if number > tonumber(redis.call('HGET', meta, 'ids')) then redis.call('HSET', meta, 'ids', digits(number)) end
end

-- erase_begin: the first step of what is due. Who was erased before a restore took that back is erased again; who is
-- not there, or was made after that, is left as he is.
-- KEYS meta, log, the person's. ARGV person, when.
-- Answers OK, with an event if he was there still, and identity phone waited former (the first of these), by which to
-- find the rest of him.
local function erase_begin(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local person, due, erased, id, when = keys[3], keys[7], keys[8], args[1], args[2]
  local created, done = unpack(redis.call('HMGET', person, 'created', 'erased'))
  if not done and (not created or tonumber(created) > tonumber(when)) then
    redis.call('ZREM', due, erase_item(id, when))
    if not created then
      pass_over(request.meta, id)
      redis.call('ZADD', erased, when, id)
    end
    return {'OK', {}, '', '', '', ''}
  end

  local event = {}
  if not done then
    erase_here(request, keys, 3, #keys, id, when)
    event = append(request, {'erased', 'person', id})
  end
  local identity, phone, waited, former = unpack(
    redis.call('HMGET', person, 'identity', 'phone', 'waited', 'former'))
  return {'OK', event, identity or '', phone or '', waited or '', string.match(former or '', '%S+') or ''}
end

redis.register_function('erase_begin', erase_begin)

-- erase_identity: takes what is found by an identity or by the hash of a phone out of its index, if it is that person.
-- KEYS the index. ARGV the identity or hash, person. Answers OK {}.
redis.register_function('erase_identity', function(keys, args)
  if redis.call('HGET', keys[1], args[1]) == args[2] then redis.call('HDEL', keys[1], args[1]) end
  return {'OK', {}}
end)

-- erase_entry: takes the entry of a phone out of the roster. KEYS meta, roster, order. ARGV hash. Answers OK {}.
redis.register_function('erase_entry', function(keys, args)
  local place = string.match(redis.call('HGET', keys[2], args[1]) or '', '^([^\t]*)\t')
  if place then
    redis.call('HDEL', keys[2], args[1])
    redis.call('ZREM', keys[3], place .. ' ' .. args[1])
    redis.call('HSET', keys[1], 'forgot', digits(now()))
  end
  return {'OK', {}}
end)

-- erase_lines: the lines of a person, some of them. KEYS recent. ARGV how many to leave out, how many.
-- Answers OK {} rows: "<call> <number>", with newlines between them.
redis.register_function{
  function_name = 'erase_lines',
  flags = {'no-writes'},
  callback = function(keys, args)
    local from = tonumber(args[1])
    return {'OK', {}, table.concat(redis.call('ZRANGE', keys[1], from, from + tonumber(args[2]) - 1), '\n')}
  end,
}

-- erase_line: takes name, remark and answers off a line, if it is that person's; and in an open call withdraws it, if
-- he is still awaited there: the place that becomes free goes to the first in line. In one that is closed figures stay,
-- and that is done if it is opened again (call_reopen).
-- KEYS meta, log, the chain's, due. ARGV call, number, person. Answers OK, with an event if there was something to do.
local function erase_line(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local chain, due = read_chain(keys, 3), keys[3 + CHAIN_KEYS]
  local id, number, person = args[1], args[2], args[3]
  local call, line = read_call(chain), get_line(chain, number)
  if not call or not line or line.person ~= person then return {'OK', {}} end
  if awaits(line) and call.state == 'closed' then keep_gone(chain, number) end
  local strikes, had_texts = awaits(line) and call.state == 'open', line.texts ~= ''
  if not strikes and not had_texts then return {'OK', {}} end

  local changes, late = {}, false
  line.texts = ''
  redis.call('HDEL', chain.texts, number)
  if strikes then
    late = strike(request, chain, call, id, due, number, line, changes)
  else
    set_line(chain, number, line)
    changes[1] = told(number, line)
  end
  write_numbers(chain, call)
  if had_texts then redis.call('HSET', request.meta, 'forgot', digits(request.now)) end
  return {'OK', append(request, chain_event(id, changes, late and 'late' or nil, call.author))}
end

redis.register_function('erase_line', erase_line)

-- erase_end: nothing is left of him elsewhere, unless the relay has brought more lines than were seen. What was
-- written of him meanwhile by who did not ask whether he is there goes too.
-- KEYS meta, log, recent, the person's. ARGV person, when, how many lines were seen.
-- Answers OK with an event, by which views forget him again and who found a way in is shown out, and 1; or 0 to begin
-- anew.
local function erase_end(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local recent, person, due, id, when = keys[3], keys[4], keys[8], args[1], args[2]
  if redis.call('HEXISTS', person, 'erased') == 0 then return {'OK', {}, '1'} end
  if redis.call('ZCARD', recent) ~= tonumber(args[3]) then return {'OK', {}, '0'} end

  strip(person, true)
  leave_lists(keys, 4, #keys, id)
  redis.call('ZREM', due, erase_item(id, when))
  redis.call('HSET', request.meta, 'forgot', digits(request.now))
  return {'OK', append(request, {'erased', 'person', id}), '1'}
end

redis.register_function('erase_end', erase_end)

-- erase_list: who was erased since. There are few: the hub adds each to a list of its own when it hears of it.
-- KEYS erased. ARGV since (ms).
-- Answers OK {} rows: id and when, with newlines between them.
redis.register_function{
  function_name = 'erase_list',
  flags = {'no-writes'},
  callback = function(keys, args)
    local rows = {}
    local found = redis.call('ZRANGEBYSCORE', keys[1], args[1], '+inf', 'WITHSCORES')
    for i = 1, #found, 2 do rows[#rows + 1] = found[i] .. ' ' .. digits(tonumber(found[i + 1])) end
    return {'OK', {}, table.concat(rows, '\n')}
  end,
}

-- forgot: when something was last forgotten here, and from when on Redis' files were last written anew.
-- KEYS meta. Answers OK {} forgot rewritten.
redis.register_function{
  function_name = 'forgot',
  flags = {'no-writes'},
  callback = function(keys)
    local forgot, rewritten = unpack(redis.call('HMGET', keys[1], 'forgot', 'rewritten'))
    return {'OK', {}, forgot or '0', rewritten or '0'}
  end,
}

-- forgot_rewritten: the files were written anew, from then on. KEYS meta. ARGV when (ms). Answers OK {}.
redis.register_function('forgot_rewritten', function(keys, args)
  redis.call('HSET', keys[1], 'rewritten', args[1])
  return {'OK', {}}
end)
