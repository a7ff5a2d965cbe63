-- rebind.lua: another identity for a person: he has changed his WeChat, or has his phone back. He who came by it until
-- now, and is nobody yet, is no more: of his record stays `moved`, the person he is.
--
-- First the person's record says by what identity he comes (and by which he came, `former`, with a blank before each:
-- more than one where the last time was not finished); then each former identity leads nowhere any more, and is taken
-- out of `former`, which stays, empty, for who was rebound; last the new one leads to him, in the partition of the
-- identity. Each may be done again; who is erased meanwhile is found by `former` too (erase.lua).

-- Identities with a blank before each, but for that one.
local function without(identities, identity)
  local rest = ''
  for one in string.gmatch(identities, '%S+') do
    if one ~= identity then rest = rest .. ' ' .. one end
  end
  return rest
end

local function first_former(person)
  return string.match(redis.call('HGET', person, 'former') or '', '%S+') or ''
end

-- person_rebind: the identity by which a person comes from now on; he is logged out everywhere. While he has a second
-- factor that is not for who decides about a phone: it is removed first, which is another's right and in the log.
-- KEYS … person, his devices, his factor, audit. ARGV … person, the place where he is registered, identity, openid
-- sealed, who came by it until now, the hash of the phone by which that one asked, from, why.
-- Answers OK the identity by which he came, the first that leads to him still, which is kept under no `once`, for that
-- would outlive an erasure; NOT_FOUND person if he is not registered there, or has that phone no more, ALREADY factor.
local function person_rebind(keys, args)
  local request = read_request(keys, args)
  local person, devices, factor = keys[KEY + 1], keys[KEY + 2], keys[KEY + 3]
  local said = answered(request)
  if said and said[1] ~= 'OK' then return said end
  if said and not is_there(person) then return refuse('NOT_FOUND', 'person') end
  if said then return {'OK', said[2], first_former(person)} end
  local id, place, identity, openid, newcomer, phone = unpack(args, ARG + 1, ARG + 6)
  local lives, has = unpack(redis.call('HMGET', person, 'place', 'phone'))
  if lives ~= place or has ~= phone or identity == '' then return refuse('NOT_FOUND', 'person') end

  local before = redis.call('HGET', person, 'identity')
  local has_factor = redis.call('HGET', factor, 'state') == 'active'
  if before ~= identity and has_factor then return refuse('ALREADY', 'factor') end

  local former = without(redis.call('HGET', person, 'former') or '', identity)
  if before ~= identity then former = former .. ' ' .. before end
  redis.call('HSET', person, 'identity', identity, 'openid', openid, 'former', former)
  forget_devices(devices)
  audit(request, keys, args, 'rebind', id .. ' ' .. newcomer, 'place=' .. place)
  local answer = commit(request, {'device', 'person', id, 'device', '0'})
  return {'OK', answer[2], first_former(person)}
end

redis.register_function('person_rebind', person_rebind)

-- former_drop: that identity leads to him no more. KEYS person. ARGV identity.
-- Answers OK {} the next by which he came, or ''.
redis.register_function('former_drop', function(keys, args)
  local former = redis.call('HGET', keys[1], 'former')
  if former then redis.call('HSET', keys[1], 'former', without(former, args[1])) end
  return {'OK', {}, first_former(keys[1])}
end)

-- person_become: who came by the identity until now is that other.
-- KEYS meta, log, identities, person, his devices. ARGV identity, person, the other.
-- Answers OK.
local function person_become(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local identities, person, devices = keys[3], keys[4], keys[5]
  local identity, id, other = args[1], args[2], args[3]
  if redis.call('HGET', identities, identity) ~= id then return {'OK', {}} end

  redis.call('HSET', identities, identity, other)
  redis.call('HSET', person, 'moved', other)
  redis.call('HDEL', person, 'identity', 'openid', 'phone', 'sealed', 'before', 'asked', 'refused', 'name',
    'organisation')
  forget_devices(devices)
  return {'OK', append(request, {'device', 'person', id, 'device', '0'})}
end

redis.register_function('person_become', person_become)

-- identity_release: it leads nowhere any more, if it led to that person. KEYS identities. ARGV identity, person.
-- Answers OK.
redis.register_function('identity_release', function(keys, args)
  if redis.call('HGET', keys[1], args[1]) == args[2] then redis.call('HDEL', keys[1], args[1]) end
  return {'OK', {}}
end)
