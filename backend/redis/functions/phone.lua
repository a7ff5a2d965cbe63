-- phone.lua: whose a phone is. A phone is one person's at the most, and he has one at the most.
--
-- phones  hash: hash of a phone → person: claimed first, in the partition of the hash
-- person  hash: phone, sealed: its hash and the phone sealed, written after that. A claim that no record bears out was
--         not finished; it is by the next try. before: the hash of the one he had before, which is released

-- What is said again of a phone that was bound is what his record says: it is kept under no `once`, for that would
-- outlive an erasure.
local function say_bound(person, said)
  if said[3] ~= 'bound' then return said end
  local hash, sealed, before = unpack(redis.call('HMGET', person, 'phone', 'sealed', 'before'))
  return {'OK', said[2], 'bound', hash or '', sealed or '', before or ''}
end

-- phone_begin: what a person was answered to a request before, or his sealed openid, and what he has agreed to.
-- KEYS … person. ARGV … . Answers OK 'new' openid (sealed, or '') consent (or ''), or what was answered.
redis.register_function{
  function_name = 'phone_begin',
  flags = {'no-writes'},
  callback = function(keys, args)
    local request = read_request(keys, args)
    local openid, consent = unpack(redis.call('HMGET', keys[KEY + 1], 'openid', 'consent'))
    local said = answered(request)
    return said and say_bound(keys[KEY + 1], said) or {'OK', {}, 'new', openid or '', consent or ''}
  end,
}

-- phone_claim: it is that person's from now on, if it is nobody else's, or that other's, who is to lose it; and what
-- the roster says of it.
-- KEYS phones, roster. ARGV hash, person, the other or ''.
-- Answers OK {} place name organisation (nothing where it is not on the roster), or ALREADY phone other.
local function phone_claim(keys, args)
  local hash, person, other = args[1], args[2], args[3]
  local holder = redis.call('HGET', keys[1], hash)
  if holder and holder ~= person and holder ~= other then return refuse('ALREADY', 'phone', holder) end

  if holder ~= person then redis.call('HSET', keys[1], hash, person) end
  local entry = redis.call('HGET', keys[2], hash)
  if not entry then return {'OK', {}} end
  local place, name, organisation = string.match(entry, '^([^\t]*)\t([^\t]*)\t([^\t]*)\t') -- as roster.lua has it
  return {'OK', {}, place, name, organisation}
end

redis.register_function('phone_claim', phone_claim)

-- phone_bind: what was claimed is in the person's record, in the place of the one he had.
-- KEYS … person, audit. ARGV … hash, sealed, the person from whom it was taken or '', from, why.
-- Answers OK 'bound' hash sealed, and the hash of the one he had, to be released, or ''.
local function phone_bind(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return say_bound(keys[KEY + 1], said) end
  local person, hash, sealed, other = keys[KEY + 1], args[ARG + 1], args[ARG + 2], args[ARG + 3]
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end

  local before = redis.call('HGET', person, 'phone') or ''
  if before == hash then before = '' end
  redis.call('HSET', person, 'phone', hash, 'sealed', sealed, 'before', before)
  audit(request, keys, args, 'phone_bind', request.person,
    'changed=' .. (before ~= '' and '1' or '0') .. (other ~= '' and ' taken=' .. other or ''))
  return say_bound(person, commit(request, nil, 'bound'))
end

redis.register_function('phone_bind', phone_bind)

-- phone_drop: a person has it no more, before it is claimed for another. KEYS person. ARGV hash.
-- Answers OK, or ALREADY phone if he is registered: his is not taken without asking.
local function phone_drop(keys, args)
  local phone, place = unpack(redis.call('HMGET', keys[1], 'phone', 'place'))
  if phone ~= args[1] then return {'OK', {}} end
  if place then return refuse('ALREADY', 'phone') end
  redis.call('HDEL', keys[1], 'phone', 'sealed')
  return {'OK', {}}
end

redis.register_function('phone_drop', phone_drop)

-- phone_release: it is nobody's, if it was that person's. KEYS phones. ARGV hash, person. Answers OK.
redis.register_function('phone_release', function(keys, args)
  if redis.call('HGET', keys[1], args[1]) == args[2] then redis.call('HDEL', keys[1], args[1]) end
  return {'OK', {}}
end)
