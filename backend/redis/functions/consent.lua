-- consent.lua: what a person has agreed to.
--
-- person  hash: consent, the version of the privacy policy he agreed to last, and consented, when; neither, if he has
--         withdrawn it or never gave it

-- consent_give: he agrees; or he withdraws that, which ends his registration and takes back what he waits for, and is
-- as easy.
-- KEYS … person, persons, audit. ARGV … version, 1 to withdraw, from, why.
-- Answers OK, and of who withdraws the place where he waited until now, if he did; or NOT_FOUND person.
local function consent_give(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons, version, withdraws = keys[KEY + 1], keys[KEY + 2], args[ARG + 1], args[ARG + 2] == '1'
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end

  audit(request, keys, args, withdraws and 'consent_withdraw' or 'consent', request.person, 'version=' .. version)
  if not withdraws then
    redis.call('HSET', person, 'consent', version, 'consented', digits(request.now))
    return commit(request)
  end
  local was_member, before = redis.call('HEXISTS', person, 'place') == 1, waits_at(person)
  redis.call('HDEL', person, 'consent', 'consented', 'place', 'work', 'kind', 'registered', 'asked', 'refused')
  redis.call('SREM', persons, request.person)
  return commit(request, was_member and {'member', 'person', request.person, 'place', ''} or nil, before)
end

redis.register_function('consent_give', consent_give)
