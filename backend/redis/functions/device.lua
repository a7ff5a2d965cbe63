-- device.lua: the devices on which a person stays logged in, each by a token of its own.
--
-- person:ID:devices  hash: number → "hash<tab>next<tab>single<tab>offered<tab>made<tab>seen<tab>until<tab>name";
--                    `last` → the highest number ever given
--
-- Of a token there is only its hash. `next` is the hash of the token that was offered in its place, and `offered` when:
-- both are good until the new one is used, for the answer that carried it may be lost. `single` is 1 for an invite,
-- which ends so too, or OFFER_MS after its first use.
--
-- device_add and device_login take no `once`: sent again with the same hash, each finds what it wrote.

local DEVICES_MAX = 16 -- of one person; the one not seen for longest makes room
local SEEN_MS = 3600000 -- what is seen again within that is not written down
local OFFER_MS = 60000 -- so long an invite is good from its first use on, and an offer is not replaced by another

local function read_device(value)
  local hash, following, single, offered, made, seen, till, name = string.match(value,
    '^(%x*)\t(%x*)\t(1?)\t(%d+)\t(%d+)\t(%d+)\t(%d+)\t(.*)$')
  return {hash = hash, following = following, single = single, offered_ms = tonumber(offered), made = tonumber(made),
    seen = tonumber(seen), till = tonumber(till), name = name}
end

local function write_device(devices, number, device)
  redis.call('HSET', devices, number, table.concat({device.hash, device.following, device.single,
    digits(device.offered_ms), digits(device.made), digits(device.seen), digits(device.till), device.name}, '\t'))
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

-- device_add: one more, whose token has this hash; the one there is, if one has it already.
-- KEYS person, devices. ARGV the hash, single (1 or ''), how long it is good (ms), name.
-- Answers OK {} number until, or NOT_FOUND person.
local function device_add(keys, args)
  local person, devices, time = keys[1], keys[2], now()
  if redis.call('HEXISTS', person, 'identity') == 0 then return refuse('NOT_FOUND', 'person') end

  local there, device = find_device(devices, args[1])
  if there then return {'OK', {}, there, digits(device.till)} end
  make_room(devices, time)
  local number = digits(redis.call('HINCRBY', devices, 'last', 1))
  local till = time + tonumber(args[3])
  write_device(devices, number, {hash = args[1], following = '', offered_ms = 0, single = args[2], made = time,
    seen = time, till = till, name = args[4]})
  return {'OK', {}, number, digits(till)}
end

redis.register_function('device_add', device_add)

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

-- device_revoke: its token is good no more, nor are those of all (number 0); who is logged in by it is ended.
-- KEYS … devices, audit. ARGV … number, from, why. Answers OK, or NOT_FOUND device.
local function device_revoke(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local devices, number = keys[KEY + 1], args[ARG + 1]
  if number ~= '0' and redis.call('HEXISTS', devices, number) == 0 then return refuse('NOT_FOUND', 'device') end

  if number == '0' then
    each_device(devices, function(each) redis.call('HDEL', devices, each) end)
  else
    redis.call('HDEL', devices, number)
  end
  audit(request, keys, args, 'device_revoke', request.person, 'device=' .. number)
  return commit(request, {'device', 'person', request.person, 'device', number})
end

redis.register_function('device_revoke', device_revoke)
