-- grant.lua: what a person is at which place, beside being registered.
--
-- person:ID:grants  hash of "role place" → "until<tab>by<tab>at": the end (0: none), who gave it, and when
-- granted           set of the ids of all persons with grants
--
-- They stand in the partition of the person. Whether the asker may give it, the hub says; it knows his own grants.

local GRANTS_MAX = 32 -- of one person

local function grant_event(person, role, place, till)
  return {'grant', 'person', person, 'role', role, 'place', place, 'until', till}
end

-- grant_give: a role at a place (empty: the whole country), or another end for it. ALREADY if it is so; FULL if the
-- person has too many.
-- KEYS … person, the person's grants, granted. ARGV … person, role, place, until. Answers OK.
local function grant_give(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, grants, granted = keys[KEY + 1], keys[KEY + 2], keys[KEY + 3]
  local id, role, place, till = args[ARG + 1], args[ARG + 2], args[ARG + 3], args[ARG + 4]
  local field = role .. ' ' .. place
  local held = redis.call('HGET', grants, field)
  if redis.call('HEXISTS', person, 'identity') == 0 then return refuse('NOT_FOUND', 'person') end
  if till ~= '0' and tonumber(till) <= request.now then return refuse('BAD_REQUEST', 'until_ms') end
  if held and string.match(held, '^%d+') == till then return refuse('ALREADY', 'role') end
  if not held and redis.call('HLEN', grants) >= GRANTS_MAX then return refuse('FULL', 'person') end

  redis.call('HSET', grants, field, table.concat({till, request.person, digits(request.now)}, '\t'))
  redis.call('SADD', granted, id)
  return commit(request, grant_event(id, role, place, till))
end

redis.register_function('grant_give', grant_give)

-- grant_take: the person is it no more. The event says that it ended when it was taken.
-- KEYS … the person's grants, granted. ARGV … person, role, place. Answers OK, or NOT_FOUND role.
local function grant_take(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local grants, granted = keys[KEY + 1], keys[KEY + 2]
  local id, role, place = args[ARG + 1], args[ARG + 2], args[ARG + 3]
  local field = role .. ' ' .. place
  if redis.call('HEXISTS', grants, field) == 0 then return refuse('NOT_FOUND', 'role') end

  redis.call('HDEL', grants, field)
  if redis.call('EXISTS', grants) == 0 then redis.call('SREM', granted, id) end
  return commit(request, grant_event(id, role, place, digits(request.now)))
end

redis.register_function('grant_take', grant_take)
