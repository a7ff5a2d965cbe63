-- person.lua: persons, by identity, and where they have registered.
--
-- identities  hash of identity → id: who is who, claimed once
-- person      hash: identity, created; name, organisation, place, registered (when) once he is
-- persons     set of the ids of all registered

-- person_claim: the person behind an identity; made, under the id offered, if there is none yet.
-- KEYS meta, identities, the person offered. ARGV identity, the id offered.
-- Answers OK {} id.
local function person_claim(keys, args)
  local known = redis.call('HGET', keys[2], args[1])
  if known then return {'OK', {}, known} end
  redis.call('HSET', keys[2], args[1], args[2])
  redis.call('HSET', keys[3], 'identity', args[1], 'created', digits(now()))
  return {'OK', {}, args[2]}
end

redis.register_function('person_claim', person_claim)

-- person_find: who an identity is.
-- KEYS identities. ARGV identity. Answers OK {} id, or NOT_FOUND.
redis.register_function{
  function_name = 'person_find',
  flags = {'no-writes'},
  callback = function(keys, args)
    local id = redis.call('HGET', keys[1], args[1])
    if not id then return refuse('NOT_FOUND', 'person') end
    return {'OK', {}, id}
  end,
}

local function member_event(request, place)
  return {'member', 'person', request.person, 'place', place}
end

-- member_register: where the person lives, and his name. ALREADY if he is registered: moving is another thing.
-- KEYS … person, persons. ARGV … place, name, organisation. Answers OK.
local function member_register(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons = keys[KEY + 1], keys[KEY + 2]
  local place, name, organisation = args[ARG + 1], args[ARG + 2], args[ARG + 3]
  if redis.call('HEXISTS', person, 'identity') == 0 then return refuse('NOT_FOUND', 'person') end
  if redis.call('HEXISTS', person, 'place') == 1 then return refuse('ALREADY', 'place') end

  redis.call('HSET', person, 'place', place, 'name', name, 'organisation', organisation,
    'registered', digits(request.now))
  redis.call('SADD', persons, request.person)
  return commit(request, member_event(request, place))
end

redis.register_function('member_register', member_register)

-- member_move: to another place. ALREADY if he lives there.
-- KEYS … person. ARGV … place. Answers OK.
local function member_move(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, place = keys[KEY + 1], args[ARG + 1]
  local lives = redis.call('HGET', person, 'place')
  if not lives then return refuse('NOT_FOUND', 'person') end
  if lives == place then return refuse('ALREADY', 'place') end

  redis.call('HSET', person, 'place', place)
  return commit(request, member_event(request, place))
end

redis.register_function('member_move', member_move)

-- member_leave: registered nowhere any more. Lines in chains stay as they are.
-- KEYS … person, persons. Answers OK.
local function member_leave(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons = keys[KEY + 1], keys[KEY + 2]
  if redis.call('HEXISTS', person, 'place') == 0 then return refuse('NOT_FOUND', 'person') end

  redis.call('HDEL', person, 'place', 'registered')
  redis.call('SREM', persons, request.person)
  return commit(request, member_event(request, ''))
end

redis.register_function('member_leave', member_leave)
