-- person.lua: persons, by identity; where they are registered stands in member.lua.
--
-- identities  hash of identity → id: who is who, claimed once
-- person      hash: identity, created; openid (sealed) of who came by WeChat. Who has become another (rebind.lua) has
--             `moved`, that one, and no identity

-- person_claim: the person behind an identity; made, under the id offered, if there is none yet.
-- KEYS meta, identities, the person offered. ARGV identity, the id offered, his openid sealed, if he has one.
-- Answers OK {} id.
local function person_claim(keys, args)
  local known = redis.call('HGET', keys[2], args[1])
  if known then return {'OK', {}, known} end
  redis.call('HSET', keys[2], args[1], args[2])
  redis.call('HSET', keys[3], 'identity', args[1], 'created', digits(now()))
  if (args[3] or '') ~= '' then redis.call('HSET', keys[3], 'openid', args[3]) end
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
