-- tell.lua: who may be told by a message of WeChat's that a call was posted, and who has been.
--
-- tellable        hash, of persons of this partition: id → messages that may still be sent to him
-- told:<call>     set of those persons of this partition who were told of a call; gone after a day
-- due             holds "tell <call>" while there is somebody to be told, at the time from which any hub may
--
-- Whoever is told is marked, and his grant is used up, before the message is sent: so of two hubs one sends, and one
-- that dies in between has sent none twice.

local TELLABLE_MAX = 20 -- of one person
local TOLD_KEEP_MS = DAY_MS
local TELL_FOR_MS = 600000 -- how long after it was posted it is news

-- tell_allow: so many messages more may be sent to the person.
-- KEYS … tellable. ARGV … how many. Answers OK how many there are now.
local function tell_allow(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local tellable, more = keys[KEY + 1], tonumber(args[ARG + 1])
  local left = tonumber(redis.call('HGET', tellable, request.person) or '0')
  if more == 0 then return commit(request, nil, digits(left)) end
  left = math.min(left + more, TELLABLE_MAX)
  redis.call('HSET', tellable, request.person, digits(left))
  return commit(request, nil, digits(left))
end

redis.register_function('tell_allow', tell_allow)

local function tell_item(id)
  return 'tell ' .. id
end

-- tell_lease: whether the asker tells of this call now: nobody else does, or his time is over. Who has it asks again
-- before it ends (`held` is 1). Of a call that is not open any more, or was posted long ago, nobody is told.
-- KEYS due, call. ARGV id, for how long (ms), held. Answers OK {} 1 or 0.
redis.register_function('tell_lease', function(keys, args)
  local at, item = now(), tell_item(args[1])
  local due = redis.call('ZSCORE', keys[1], item)
  if not due or (tonumber(due) > at and args[3] ~= '1') then return {'OK', {}, '0'} end
  local state, posted = unpack(redis.call('HMGET', keys[2], 'state', 'posted'))
  if state ~= 'open' or tonumber(posted) + TELL_FOR_MS < at then
    redis.call('ZREM', keys[1], item)
    return {'OK', {}, '0'}
  end
  redis.call('ZADD', keys[1], digits(at + args[2]), item)
  return {'OK', {}, '1'}
end)

-- tell_end: the lease ends: nobody is left to be told of the call; or (`again`, in ms from now) some may be later.
-- KEYS due. ARGV call, again ('': never). Answers OK {}.
redis.register_function('tell_end', function(keys, args)
  local item = tell_item(args[1])
  if args[2] == '' then redis.call('ZREM', keys[1], item)
  else redis.call('ZADD', keys[1], 'XX', digits(now() + args[2]), item) end
  return {'OK', {}}
end)

-- tell_list: a page of those of this partition to whom anything may be sent.
-- KEYS tellable. ARGV cursor (0: from the start). Answers OK {} the next cursor (0: that was all), ids with blanks
-- between them.
redis.register_function{
  function_name = 'tell_list',
  flags = {'no-writes'},
  callback = function(keys, args)
    local cursor, found = unpack(redis.call('HSCAN', keys[1], args[1], 'COUNT', 100))
    local ids = {}
    for i = 1, #found, 2 do ids[#ids + 1] = found[i] end
    return {'OK', {}, cursor, table.concat(ids, ' ')}
  end,
}

-- tell_mark: he is about to be told of the call, which uses one up.
-- KEYS tellable, told, person. ARGV id. Answers OK {} his openid (sealed), or NOT_FOUND (nothing may be sent to him),
-- ALREADY (he was told).
local function tell_mark(keys, args)
  local tellable, marks, person = unpack(keys)
  local id = args[1]
  local left = tonumber(redis.call('HGET', tellable, id) or '0')
  if left == 0 then return refuse('NOT_FOUND', 'person') end
  if redis.call('SISMEMBER', marks, id) == 1 then return refuse('ALREADY', 'person') end
  local openid = redis.call('HGET', person, 'openid')
  if not openid then return refuse('NOT_FOUND', 'openid') end

  redis.call('SADD', marks, id)
  redis.call('PEXPIRE', marks, TOLD_KEEP_MS)
  if left > 1 then redis.call('HSET', tellable, id, digits(left - 1)) else redis.call('HDEL', tellable, id) end
  return {'OK', {}, openid}
end

redis.register_function('tell_mark', tell_mark)

-- tell_unmark: what became of a message that was not sent: 'again' (he may be told later, and has what was used up
-- back), 'back' (he has it back, but is not told of this call), or 'none' (WeChat knows of no grant: there is none).
-- KEYS tellable, told. ARGV id, which. Answers OK {}.
redis.register_function('tell_unmark', function(keys, args)
  local tellable, marks = unpack(keys)
  local id, which = unpack(args)
  if which == 'none' then
    redis.call('HDEL', tellable, id)
    return {'OK', {}}
  end
  local left = tonumber(redis.call('HGET', tellable, id) or '0')
  redis.call('HSET', tellable, id, digits(math.min(left + 1, TELLABLE_MAX)))
  if which == 'again' then redis.call('SREM', marks, id) end
  return {'OK', {}}
end)
