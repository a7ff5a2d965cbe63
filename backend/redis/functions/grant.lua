-- grant.lua: what a person is at which place, beside being registered.
--
-- person:ID:grants  hash of "role place" → "until<tab>by<tab>at": the end (0: none), who gave it, and when
-- granted           set of the ids of all persons with grants
--
-- due               also "grant <id> <role> <place>", for one that ends
--
-- They stand in the partition of the person. Whether the asker may give it, the hub says; it knows his own grants.

local GRANTS_MAX = 32 -- of one person

local function grant_item(person, role, place)
  return table.concat({'grant', person, role, place}, ' ')
end

local function grant_event(person, role, place, till)
  return {'grant', 'person', person, 'role', role, 'place', place, 'until', till}
end

-- The three duties that the law wants apart: who runs the system, who gives rights, who looks at what was done.
local DUTIES = {operator = true, security = true, auditor = true}

-- Whether this one of them is held, anywhere, and whether another is.
local function holds_duty(grants, duty, time)
  local held, this, another = redis.call('HGETALL', grants), false, false
  for i = 1, #held, 2 do
    local role, till = string.match(held[i], '^%a+'), tonumber(string.match(held[i + 1], '^%d+'))
    local in_force = till == 0 or till > time
    this = this or (role == duty and in_force)
    another = another or (DUTIES[role] and role ~= duty and in_force)
  end
  return this, another
end

local function grant_detail(role, place)
  return 'role=' .. role .. ' place=' .. place
end

-- grant_give: a role at a place (empty: the whole country), or another end for it. ALREADY if it is so; FULL if the
-- person has too many; FORBIDDEN person if he gives it to himself, which two must do; CLASH if it is one of three
-- duties and he has another. Who founds a system is the first to run it and to give rights, so neither is so then; and
-- on a hub for development who is free to do all may give himself a role.
-- Whoever is given a duty that he does not hold is logged out everywhere, and what invites he has end: who gives rights
-- may let himself in as one who holds none, and must not be in when that one is set over another duty. Back in comes
-- who has the WeChat, or whom one who has the data lets in.
-- KEYS … person, the person's grants, granted, due, his devices (not of who founds), audit. ARGV … person, role, place,
-- until, `founding`, `free` or ''; from, why.
-- Answers OK.
local function grant_give(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, grants, granted, due = unpack(keys, KEY + 1, KEY + 4)
  local id, role, place, till, how = unpack(args, ARG + 1, ARG + 5)
  local field = role .. ' ' .. place
  local held = redis.call('HGET', grants, field)
  if id == request.person and how == '' then return refuse('FORBIDDEN', 'person') end
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end
  if till ~= '0' and tonumber(till) <= request.now then return refuse('BAD_REQUEST', 'until_ms') end
  if held and string.match(held, '^%d+') == till then return refuse('ALREADY', 'role') end
  local has_it, has_another = holds_duty(grants, role, request.now)
  if DUTIES[role] and how ~= 'founding' and has_another then return refuse('CLASH', 'role') end
  if not held and redis.call('HLEN', grants) >= GRANTS_MAX then return refuse('FULL', 'person') end

  redis.call('HSET', grants, field, table.concat({till, request.person, digits(request.now)}, '\t'))
  redis.call('SADD', granted, id)
  redis.call('ZREM', due, grant_item(id, role, place))
  if till ~= '0' then redis.call('ZADD', due, till, grant_item(id, role, place)) end
  audit(request, keys, args, 'grant', id, grant_detail(role, place) .. ' until=' .. till)
  if DUTIES[role] and how == '' and not has_it and #keys == KEY + 6 then
    forget_devices(keys[KEY + 5])
    append(request, {'device', 'person', id, 'device', '0'})
  end
  return commit(request, grant_event(id, role, place, till))
end

redis.register_function('grant_give', grant_give)

-- The person is it no more. The event says that it ended now.
local function end_grant(request, grants, granted, due, id, role, place)
  redis.call('HDEL', grants, role .. ' ' .. place)
  redis.call('ZREM', due, grant_item(id, role, place))
  if redis.call('EXISTS', grants) == 0 then redis.call('SREM', granted, id) end
  return grant_event(id, role, place, digits(request.now))
end

-- grant_take: takes it back.
-- KEYS … the person's grants, granted, due, audit. ARGV … person, role, place, from, why. Answers OK, or
-- NOT_FOUND role.
local function grant_take(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local grants, granted, due = unpack(keys, KEY + 1, KEY + 3)
  local id, role, place = unpack(args, ARG + 1, ARG + 3)
  if redis.call('HEXISTS', grants, role .. ' ' .. place) == 0 then return refuse('NOT_FOUND', 'role') end

  audit(request, keys, args, 'grant_take', id, grant_detail(role, place))
  return commit(request, end_grant(request, grants, granted, due, id, role, place))
end

redis.register_function('grant_take', grant_take)

-- grant_lapse: one that ends has ended. Timed work: any hub may call it, and twice does no harm.
-- KEYS meta, log, due, the person's grants, granted. ARGV person, role, place.
-- Answers OK, with an event if there was something to end.
local function grant_lapse(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local due, grants, granted = keys[3], keys[4], keys[5]
  local id, role, place = unpack(args, 1, 3)
  local at = redis.call('ZSCORE', due, grant_item(id, role, place))
  if not at or tonumber(at) > request.now then return {'OK', {}} end

  return {'OK', append(request, end_grant(request, grants, granted, due, id, role, place))}
end

redis.register_function('grant_lapse', grant_lapse)
