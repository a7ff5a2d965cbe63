-- device.lua: the devices on which a person stays logged in, each by a token of its own.
--
-- person:ID:devices  hash: number → "hash<tab>next<tab>single<tab>offered<tab>made<tab>seen<tab>until<tab>name
--                    <tab>passed<tab>active"; `last` → the highest number ever given
--
-- Of a token there is only its hash. `next` is the hash of the token that was offered in its place, and `offered`
-- when: both are good until the new one is used, for the answer that carried it may be lost. `single` is 1 for an
-- invite, which ends so too, or OFFER_MS after its first use. `passed` is when a second factor was last shown on it,
-- and `active` when something was last asked by it since; both are missing where none ever was.
--
-- person:ID:factor   hash: the second factor, a code by the time (TOTP): state (begun, active), secret (sealed),
--                    counter (the last time step of which a code was used), codes (hashes of recovery codes, with
--                    blanks between them); failures, locks (in a row), locked (until when none is tried)
--
-- A code is tried only by who has a good token. Each try is counted before anybody judges it, so that many at once,
-- over many hubs, are no more than so many.
--
-- device_add and device_login take no `once`: sent again with the same hash, each finds what it wrote.

local DEVICES_MAX = 16 -- of one person (DEVICES_MAX in verbs/verbs.h); the one not seen for longest makes room
local SEEN_MS = 3600000 -- what is seen again within that is not written down
local TRIES = 5 -- of a code, before it is locked
local LOCK_MS = 900000 -- the first time, and twice as long each time until a code is good
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
-- KEYS person, devices, audit. ARGV the hash, single (1 or ''), how long it is good (ms), name, 1 if who gets it has
-- passed a second factor elsewhere or '', the person's id if it is a desk that he let in or '', which is in the log as
-- his; from, why.
-- Answers OK {} number until, or NOT_FOUND person.
local function device_add(keys, args)
  local person, devices = keys[1], keys[2]
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end

  local there, device = find_device(devices, args[1])
  if there then return {'OK', {}, there, digits(device.till)} end
  local passed = args[5] == '1' and now() or 0
  local number, till = add_device(devices, args[1], args[2], tonumber(args[3]), args[4], passed)
  if args[6] ~= '' then
    audit({now = now(), person = args[6]}, keys, args, 'desk_login', args[6], 'device=' .. number)
  end
  return {'OK', {}, number, till}
end

redis.register_function('device_add', device_add)

-- invite_give: a device whose token is good once, for somebody without WeChat, or who has lost his device; somebody
-- new, who has but an identity, is registered by it. Whether the asker may give it, the hub says.
-- KEYS … person, devices, persons, audit. ARGV … the person's id, the hash of the token, how long it is good (ms); of
-- somebody new place, name, organisation and kind, else all four are empty; from, why.
-- Answers OK number until; NOT_FOUND person.
local function invite_give(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, devices, persons = unpack(keys, KEY + 1, KEY + 3)
  local id, hash, life_ms, place, name, organisation, kind = unpack(args, ARG + 1, ARG + 7)
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end

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

-- Whether a code is good that nobody has used: by a step of the time, or the hash of a recovery code; '' for none.
local function is_proof(factor, counter, recovery)
  local state, last, codes = unpack(redis.call('HMGET', factor, 'state', 'counter', 'codes'))
  if state ~= 'active' then return false end
  if counter ~= '' then return tonumber(counter) > tonumber(last) end
  return recovery ~= '' and string.find(codes, recovery, 1, true) ~= nil
end

local function use_proof(factor, counter, recovery)
  if counter ~= '' then
    redis.call('HSET', factor, 'counter', counter)
  else
    redis.call('HSET', factor, 'codes', (string.gsub(redis.call('HGET', factor, 'codes'), recovery .. ' ?', '')))
  end
  redis.call('HDEL', factor, 'failures', 'locks', 'locked')
end

-- Whether a code is wanted: of who has a second factor, and on a device that one was shown on, unless that was so, or
-- something was asked by it, less than so long ago (0: ever). A desk that was let in from a session without one counts
-- as well, and may be of somebody who has none to show.
local function wants_code(factor, device, time, idle_ms)
  if device.passed == 0 then return redis.call('HGET', factor, 'state') == 'active' end
  return idle_ms > 0 and time - math.max(device.passed, device.active) >= idle_ms
end

-- device_login: who comes with the token of that hash. An invite, and a token older than so long, is to be replaced by
-- the one offered, which is good from now on for so long; the same offered again is the same answer.
-- KEYS meta, devices, factor. ARGV number, the hash, the hash of the token offered, how long that is good (ms), how
-- old a token may get (ms), how long a second factor lasts when nothing is asked (ms), a code's step of the time or
-- '', a recovery code's hash or '', a name for a device that comes by an invite or '' (not from a hub of a version
-- before).
-- Answers OK {} until, 1 if the one offered is to be used from now on or '', the number of the last event in the log
-- (one that revokes the device can only come after it), 1 if a second factor was shown on it or ''; or UNAUTHENTICATED
-- token, or code, if one is wanted and there is none that is good: the token is not used then. Where a code is wanted
-- of who has no second factor it is `token`: he is let in at that desk anew.
local function device_login(keys, args)
  local devices, factor, number, hash, offered, time = keys[2], keys[3], args[1], args[2], args[3], now()
  local counter, recovery = args[7], args[8]
  local value = number ~= 'last' and redis.call('HGET', devices, number)
  local device = value and read_device(value)
  if not device or not lets_in(device, hash, time) then return refuse('UNAUTHENTICATED', 'token') end
  local seq = redis.call('HGET', keys[1], 'seq') or '0'
  if offered == device.following then
    return {'OK', {}, digits(device.till), '1', seq, device.passed > 0 and '1' or ''}
  end
  local shown = is_proof(factor, counter, recovery)
  if not shown and wants_code(factor, device, time, tonumber(args[6])) then
    if redis.call('HGET', factor, 'state') ~= 'active' then return refuse('UNAUTHENTICATED', 'token') end
    return refuse('UNAUTHENTICATED', 'code')
  end

  local changed = time - device.seen >= SEEN_MS
  if shown then
    use_proof(factor, counter, recovery)
    device.passed, device.active, changed = time, time, true
  end
  if hash == device.following then
    device.hash, device.following, device.single, device.made, changed = hash, '', '', time, true
  end
  if device.single == '1' and (args[9] or '') ~= '' then device.name = args[9] end
  local replaced = needs_another(device, time, tonumber(args[5]))
  if replaced then offer(device, offered, time, tonumber(args[4])) end
  device.seen = time
  if changed or replaced then write_device(devices, number, device) end
  return {'OK', {}, digits(device.till), replaced and '1' or '', seq, device.passed > 0 and '1' or ''}
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

-- device_touch: something was asked by a device on which a second factor was shown. KEYS devices. ARGV number. Answers
-- OK.
local function device_touch(keys, args)
  local value = redis.call('HGET', keys[1], args[1])
  local device = value and read_device(value)
  if device and device.passed > 0 then
    device.active = now()
    write_device(keys[1], args[1], device)
  end
  return {'OK', {}}
end

redis.register_function('device_touch', device_touch)

-- factor_read: how it stands, before it is there for good. KEYS factor. Answers OK {} state secret; '' for none.
redis.register_function{
  function_name = 'factor_read',
  flags = {'no-writes'},
  callback = function(keys)
    local state, secret = unpack(redis.call('HMGET', keys[1], 'state', 'secret'))
    return {'OK', {}, state or '', secret or ''}
  end,
}

-- factor_begin: another secret, which is not asked for until it is confirmed.
-- KEYS … factor. ARGV … the secret, sealed. Answers OK, or ALREADY factor: there is one.
local function factor_begin(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local factor = keys[KEY + 1]
  if redis.call('HGET', factor, 'state') == 'active' then return refuse('ALREADY', 'factor') end

  redis.call('DEL', factor)
  redis.call('HSET', factor, 'state', 'begun', 'secret', args[ARG + 1])
  return commit(request)
end

redis.register_function('factor_begin', factor_begin)

-- factor_confirm: from now on a code is asked for. The hub has seen a good one.
-- KEYS … devices, factor, audit. ARGV … the device that asks or 0, the code's step of the time, the hashes of the
-- recovery codes; from, why. Answers OK; NOT_FOUND factor, ALREADY factor.
local function factor_confirm(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local devices, factor = keys[KEY + 1], keys[KEY + 2]
  local number, counter, codes = unpack(args, ARG + 1, ARG + 3)
  local state = redis.call('HGET', factor, 'state')
  if not state then return refuse('NOT_FOUND', 'factor') end
  if state == 'active' then return refuse('ALREADY', 'factor') end

  local value = number ~= '0' and redis.call('HGET', devices, number)
  redis.call('HSET', factor, 'state', 'active', 'counter', counter, 'codes', codes)
  if value then
    local device = read_device(value)
    device.passed, device.active = request.now, request.now
    write_device(devices, number, device)
  end
  audit(request, keys, args, 'factor_set', request.person, '')
  return commit(request)
end

redis.register_function('factor_confirm', factor_confirm)

-- factor_try: counts a try of a code, which the hub then judges. KEYS factor.
-- Answers OK {} the secret, how long it is locked from now on unless the code is good (ms, 0: not); NOT_FOUND factor;
-- or BUSY code, and how long that lasts (ms).
local function factor_try(keys)
  local factor, time = keys[1], now()
  local state, secret, failures, locks, locked =
    unpack(redis.call('HMGET', factor, 'state', 'secret', 'failures', 'locks', 'locked'))
  if state ~= 'active' then return refuse('NOT_FOUND', 'factor') end
  local wait = tonumber(locked or '0') - time
  if wait > 0 then return refuse('BUSY', 'code', digits(wait)) end

  if tonumber(failures or '0') + 1 < TRIES then
    redis.call('HINCRBY', factor, 'failures', 1)
    return {'OK', {}, secret, '0'}
  end
  wait = math.min(LOCK_MS * 2 ^ tonumber(locks or '0'), DAY_MS)
  redis.call('HINCRBY', factor, 'locks', 1)
  redis.call('HSET', factor, 'failures', '0', 'locked', digits(time + wait))
  return {'OK', {}, secret, digits(wait)}
end

redis.register_function('factor_try', factor_try)

-- factor_remove: no code is asked for any more, also on devices that one was shown on. One's own with a good code;
-- whether the asker may do so to another, the hub says.
-- KEYS … devices, factor, audit. ARGV … person, a code's step of the time or '', a recovery code's hash or ''; from,
-- why.
-- Answers OK; NOT_FOUND factor, UNAUTHENTICATED code.
local function factor_remove(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local devices, factor = keys[KEY + 1], keys[KEY + 2]
  local person, counter, recovery = unpack(args, ARG + 1, ARG + 3)
  if redis.call('EXISTS', factor) == 0 then return refuse('NOT_FOUND', 'factor') end
  if person == request.person and not is_proof(factor, counter, recovery) then
    return refuse('UNAUTHENTICATED', 'code')
  end

  redis.call('DEL', factor)
  each_device(devices, function(number, device)
    device.passed, device.active = 0, 0
    write_device(devices, number, device)
  end)
  audit(request, keys, args, 'factor_remove', person, '')
  return commit(request)
end

redis.register_function('factor_remove', factor_remove)
