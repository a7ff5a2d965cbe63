-- device.lua: the devices on which a person stays logged in, each by a token of its own.
--
-- person:ID:devices  hash: number → "hash<tab>next<tab>single<tab>offered<tab>made<tab>seen<tab>until<tab>name
--                    <tab>passed<tab>active"; `last` → the highest number ever given
--
-- Of a token there is only its hash. `next` is the hash of the token that was offered in its place, and `offered` when:
-- both are good until the new one is used, for the answer that carried it may be lost. `single` is 1 for an invite,
-- which ends so too, or OFFER_MS after its first use. `passed` is when a second factor was last shown on it, and `active`
-- when something was last asked by it since; both are missing where none ever was.
--
-- device_add and device_login take no `once`: sent again with the same hash, each finds what it wrote.

local DEVICES_MAX = 16 -- of one person; the one not seen for longest makes room
local SEEN_MS = 3600000 -- what is seen again within that is not written down
local OFFER_MS = 60000 -- so long an invite is good from its first use on, and an offer is not replaced by another

local function read_device(value)
  local hash, following, single, offered, made, seen, till, name, passed, active = string.match(value,
    '^(%x*)\t(%x*)\t(1?)\t(%d+)\t(%d+)\t(%d+)\t(%d+)\t([^\t]*)\t?(%d*)\t?(%d*)$')
  return {hash = hash, following = following, single = single, offered_ms = tonumber(offered), made = tonumber(made),
    seen = tonumber(seen), till = tonumber(till), name = name, passed = tonumber(passed) or 0,
    active = tonumber(active) or 0}
end

local function write_device(devices, number, device)
  local columns = {device.hash, device.following, device.single, digits(device.offered_ms), digits(device.made),
    digits(device.seen), digits(device.till), device.name}
  if device.passed > 0 then
    columns[#columns + 1] = digits(device.passed)
    columns[#columns + 1] = digits(device.active)
  end
  redis.call('HSET', devices, number, table.concat(columns, '\t'))
end

-- Each with its number, but `last`.
local function each_device(devices, visit)
  local all = redis.call('HGETALL', devices)
  for i = 1, #all, 2 do
    if all[i] ~= 'last' then visit(all[i], read_device(all[i + 1])) end
  end
end

-- Its number and the device, if one has a token of that hash.
local function find_device(devices, hash)
  local found, found_number
  each_device(devices, function(number, device)
    if device.hash == hash then found, found_number = device, number end
  end)
  return found_number, found
end

-- Those that have ended go, and of too many the one that was not seen for longest.
local function make_room(devices, time)
  local held, oldest, oldest_seen = 0, nil, nil
  each_device(devices, function(number, device)
    if device.till <= time then
      redis.call('HDEL', devices, number)
      return
    end
    held = held + 1
    if not oldest or device.seen < oldest_seen then oldest, oldest_seen = number, device.seen end
  end)
  if held >= DEVICES_MAX then redis.call('HDEL', devices, oldest) end
end

-- One more, with a token of that hash; its number, and when it ends. `single` is 1 or '', `passed` a time or 0.
local function add_device(devices, hash, single, life_ms, name, passed)
  local time = now()
  make_room(devices, time)
  local number = digits(redis.call('HINCRBY', devices, 'last', 1))
  write_device(devices, number, {hash = hash, following = '', offered_ms = 0, single = single, made = time, seen = time,
    till = time + life_ms, name = name, passed = passed, active = passed})
  return number, digits(time + life_ms)
end

-- device_add: one more, whose token has this hash; the one there is, if one has it already.
-- KEYS person, devices. ARGV the hash, single (1 or ''), how long it is good (ms), name, 1 if who gets it has passed a
-- second factor elsewhere or ''.
-- Answers OK {} number until, or NOT_FOUND person.
local function device_add(keys, args)
  local person, devices = keys[1], keys[2]
  if redis.call('HEXISTS', person, 'identity') == 0 then return refuse('NOT_FOUND', 'person') end

  local there, device = find_device(devices, args[1])
  if there then return {'OK', {}, there, digits(device.till)} end
  return {'OK', {}, add_device(devices, args[1], args[2], tonumber(args[3]), args[4], args[5] == '1' and now() or 0)}
end

redis.register_function('device_add', device_add)

-- invite_give: a device whose token is good once, for somebody without WeChat, or who has lost his device; somebody new,
-- who has but an identity, is registered by it. Whether the asker may give it, the hub says.
-- KEYS … person, devices, persons, audit. ARGV … the person's id, the hash of the token, how long it is good (ms); of
-- somebody new place, name, organisation and kind, else all four are empty; from, why.
-- Answers OK number until; NOT_FOUND person.
local function invite_give(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, devices, persons = unpack(keys, KEY + 1, KEY + 3)
  local id, hash, life_ms, place, name, organisation, kind = unpack(args, ARG + 1, ARG + 7)
  if redis.call('HEXISTS', person, 'identity') == 0 then return refuse('NOT_FOUND', 'person') end

  local number, till = add_device(devices, hash, '1', tonumber(life_ms), 'invite', 0)
  audit(request, keys, args, 'invite', id, 'device=' .. number .. (place == '' and '' or ' place=' .. place))
  if place == '' then return commit(request, nil, number, till) end
  redis.call('HSET', person, 'place', place, 'name', name, 'organisation', organisation, 'kind', kind,
    'registered', digits(request.now))
  redis.call('SADD', persons, id)
  return commit(request, {'member', 'person', id, 'place', place}, number, till)
end

redis.register_function('invite_give', invite_give)

-- Whether a token of that hash is good.
local function lets_in(device, hash, time)
  if device.till <= time or hash == '' then return false end
  if hash == device.following then return true end
  local used_up = device.single == '1' and device.following ~= '' and time - device.offered_ms >= OFFER_MS
  return hash == device.hash and not used_up
end

-- Whether there is to be another token: always for an invite, else for one past its time to which none was offered
-- just now, so that two who share it do not undo each other's.
local function needs_another(device, time, rotate_ms)
  if device.single == '1' then return true end
  local just_offered = device.following ~= '' and time - device.offered_ms < OFFER_MS
  return time - device.made >= rotate_ms and not just_offered
end

-- The minute of an invite counts from its first use.
local function offer(device, offered, time, life_ms)
  if device.single == '' or device.following == '' then device.offered_ms = time end
  device.following, device.till = offered, time + life_ms
end

-- device_login: who comes with the token of that hash. An invite, and a token older than so long, is to be replaced by
-- the one offered, which is good from now on for so long; the same offered again is the same answer.
-- KEYS meta, devices. ARGV number, the hash, the hash of the token offered, how long that is good (ms), how old a token
-- may get (ms). Answers OK {} until, 1 if the one offered is to be used from now on or '', the number of the last event
-- in the log: one that revokes the device can only come after it; or UNAUTHENTICATED token.
local function device_login(keys, args)
  local devices, number, hash, offered, time = keys[2], args[1], args[2], args[3], now()
  local value = number ~= 'last' and redis.call('HGET', devices, number)
  local device = value and read_device(value)
  if not device or not lets_in(device, hash, time) then return refuse('UNAUTHENTICATED', 'token') end
  local seq = redis.call('HGET', keys[1], 'seq') or '0'
  if offered == device.following then return {'OK', {}, digits(device.till), '1', seq} end

  local changed = time - device.seen >= SEEN_MS
  if hash == device.following then
    device.hash, device.following, device.single, device.made, changed = hash, '', '', time, true
  end
  local replaced = needs_another(device, time, tonumber(args[5]))
  if replaced then offer(device, offered, time, tonumber(args[4])) end
  device.seen = time
  if changed or replaced then write_device(devices, number, device) end
  return {'OK', {}, digits(device.till), replaced and '1' or '', seq}
end

redis.register_function('device_login', device_login)

-- device_list: all of a person's. KEYS devices.
-- Answers OK {} a text: a line each of number, name, made, seen, until, with tabs between them.
redis.register_function{
  function_name = 'device_list',
  flags = {'no-writes'},
  callback = function(keys)
    local rows, time = {}, now()
    each_device(keys[1], function(number, device)
      if device.till > time then
        rows[#rows + 1] = table.concat({number, device.name, digits(device.made), digits(device.seen),
          digits(device.till)}, '\t')
      end
    end)
    table.sort(rows, function(a, b) return tonumber(string.match(a, '%d+')) < tonumber(string.match(b, '%d+')) end)
    return {'OK', {}, table.concat(rows, '\n')}
  end,
}

-- device_revoke: its token is good no more, nor are those of all (number 0); who is logged in by it is ended. Whether
-- the asker may do so to that person, the hub says.
-- KEYS … devices, audit. ARGV … person, number, from, why. Answers OK, or NOT_FOUND device.
local function device_revoke(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local devices, person, number = keys[KEY + 1], args[ARG + 1], args[ARG + 2]
  if number ~= '0' and redis.call('HEXISTS', devices, number) == 0 then return refuse('NOT_FOUND', 'device') end

  if number == '0' then
    each_device(devices, function(each) redis.call('HDEL', devices, each) end)
  else
    redis.call('HDEL', devices, number)
  end
  audit(request, keys, args, 'device_revoke', person, 'device=' .. number)
  return commit(request, {'device', 'person', person, 'device', number})
end

redis.register_function('device_revoke', device_revoke)
