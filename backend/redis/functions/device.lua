-- device.lua: the devices on which a person stays logged in, each by a token of its own.
--
-- person:ID:devices  hash: number → "hash<tab>next<tab>single<tab>made<tab>seen<tab>until<tab>name"; `last` → the
--                    highest number ever given
--
-- Of a token there is only its hash. `next` is the hash of the token that was offered in its place: both are good until
-- the new one is used, for the answer that carried it may be lost. `single` is 1 for an invite, which becomes a token
-- like any other when it is used, once.

local DEVICES_MAX = 16 -- of one person; the one not seen for longest makes room
local SEEN_MS = 3600000 -- what is seen again within that is not written down

local function read_device(value)
  local hash, following, single, made, seen, till, name = string.match(value,
    '^(%x*)\t(%x*)\t(1?)\t(%d+)\t(%d+)\t(%d+)\t(.*)$')
  return {hash = hash, following = following, single = single, made = tonumber(made), seen = tonumber(seen),
    till = tonumber(till), name = name}
end

local function write_device(devices, number, device)
  redis.call('HSET', devices, number, table.concat({device.hash, device.following, device.single, digits(device.made),
    digits(device.seen), digits(device.till), device.name}, '\t'))
end

-- Each with its number, but `last`.
local function each_device(devices, visit)
  local all = redis.call('HGETALL', devices)
  for i = 1, #all, 2 do
    if all[i] ~= 'last' then visit(all[i], read_device(all[i + 1])) end
  end
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

-- device_add: one more, whose token has this hash.
-- KEYS person, devices. ARGV the hash, single (1 or ''), how long it is good (ms), name.
-- Answers OK {} number until, or NOT_FOUND person.
local function device_add(keys, args)
  local person, devices, time = keys[1], keys[2], now()
  if redis.call('HEXISTS', person, 'identity') == 0 then return refuse('NOT_FOUND', 'person') end

  make_room(devices, time)
  local number = digits(redis.call('HINCRBY', devices, 'last', 1))
  local till = time + tonumber(args[3])
  write_device(devices, number, {hash = args[1], following = '', single = args[2], made = time, seen = time,
    till = till, name = args[4]})
  return {'OK', {}, number, digits(till)}
end

redis.register_function('device_add', device_add)

-- Whether the token offered is to take the place of the one used: an invite's does, and that of a token past its time.
local function replace_token(device, offered, time, rotate_ms)
  if device.single == '1' then
    device.hash, device.single = offered, ''
  elseif time - device.made >= rotate_ms then
    device.following = offered
  else
    return false
  end
  return true
end

-- device_login: who comes with the token of that hash. An invite, and a token older than so long, is to be replaced by
-- the one offered, which is good from now on for so long.
-- KEYS devices. ARGV number, the hash, the hash of the token offered, how long that is good (ms), how old a token may
-- get (ms). Answers OK {} until, 1 if the one offered is to be used from now on or ''; or UNAUTHENTICATED token.
local function device_login(keys, args)
  local devices, number, hash, offered, time = keys[1], args[1], args[2], args[3], now()
  local value = number ~= 'last' and redis.call('HGET', devices, number)
  local device = value and read_device(value)
  if not device or device.till <= time or hash == '' or (hash ~= device.hash and hash ~= device.following) then
    return refuse('UNAUTHENTICATED', 'token')
  end

  local changed = time - device.seen >= SEEN_MS
  if hash == device.following then
    device.hash, device.following, device.made, changed = hash, '', time, true
  end
  local replaced = replace_token(device, offered, time, tonumber(args[5]))
  if replaced then device.till = time + tonumber(args[4]) end
  device.seen = time
  if changed or replaced then write_device(devices, number, device) end
  return {'OK', {}, digits(device.till), replaced and '1' or ''}
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
-- KEYS … devices. ARGV … number. Answers OK, or NOT_FOUND device.
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
  return commit(request, {'device', 'person', request.person, 'device', number})
end

redis.register_function('device_revoke', device_revoke)
