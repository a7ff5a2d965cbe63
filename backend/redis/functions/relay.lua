-- relay.lua: what a write in one partition causes in another.
--
-- relay     hash of source partition → "seq at": the last event of its log whose effects are in here, and its time. Any
--           hub may bring them, in the order of that log; what is not newer is dropped, so twice does no harm
-- sign-ups  of a person: hash of "<call> <number>" → state, slot, people, granted, joined with tabs between them
-- recent    of a person: sorted set of the same by the time of joining
-- person    hash: minutes (of service granted, of all his lines)
-- due       also "erase <id> <when>" of erase.lua

local SIGN_UPS_MAX = 2000 -- of a person; the oldest go first, their minutes stay

local function last_seq(relay, source)
  local mark = redis.call('HGET', relay, source)
  return mark and tonumber(string.match(mark, '^%d+')) or -1
end

local function granted_of(sign_up)
  local state, granted = string.match(sign_up, '^(%a+)\t%d*\t%d*\t(%d*)\t')
  return state == 'confirmed' and tonumber(granted) or 0
end

-- A line that comes when its person was erased already: what stands on it must go too.
local function erase_again(person, due)
  local erased = redis.call('HGET', person, 'erased')
  if not erased or not due then return end
  redis.call('ZADD', due, erased, 'erase ' .. string.match(person, '[%d.]+$') .. ' ' .. erased)
end

local function take_sign_up(person, sign_ups, recent, due, line, value, joined)
  local old = redis.call('HGET', sign_ups, line)
  if not old then erase_again(person, due) end
  local minutes = granted_of(value) - (old and granted_of(old) or 0)
  redis.call('HSET', sign_ups, line, value)
  redis.call('ZADD', recent, joined, line)
  if minutes ~= 0 then redis.call('HINCRBY', person, 'minutes', digits(minutes)) end
  if redis.call('ZCARD', recent) > SIGN_UPS_MAX then
    redis.call('HDEL', sign_ups, redis.call('ZPOPMIN', recent)[1])
  end
end

-- relay_apply: the effects of one event on persons of this partition.
-- KEYS relay, then for each effect: person, his sign-ups, recent; then due (not from a hub of a version before).
-- ARGV source, seq, at, then for each: line, value, joined.
-- Answers OK {} 1, or 0 for what is in here already.
local function relay_apply(keys, args)
  local relay, source, seq, at = keys[1], args[1], args[2], args[3]
  local due = #keys % 3 == 2 and keys[#keys] or nil
  if tonumber(seq) <= last_seq(relay, source) then return {'OK', {}, '0'} end
  for i = 0, math.floor((#keys - 1) / 3) - 1 do
    take_sign_up(keys[3 * i + 2], keys[3 * i + 3], keys[3 * i + 4], due, unpack(args, 3 * i + 4, 3 * i + 6))
  end
  redis.call('HSET', relay, source, seq .. ' ' .. at)
  return {'OK', {}, '1'}
end

redis.register_function('relay_apply', relay_apply)

-- relay_mark: nothing up to there concerns this partition, but what was brought.
-- KEYS relay. ARGV source, seq, at, source, seq, at …
-- Answers OK {}.
redis.register_function('relay_mark', function(keys, args)
  for i = 1, #args, 3 do
    local source, seq, at = unpack(args, i, i + 2)
    if tonumber(seq) > last_seq(keys[1], source) then redis.call('HSET', keys[1], source, seq .. ' ' .. at) end
  end
  return {'OK', {}}
end)

-- relay_lease: which hub brings them, so that not all do: whoever asks first, for a few seconds.
-- KEYS relayer. ARGV the hub, ms. Answers OK {} 1 if it is the one that asked.
redis.register_function('relay_lease', function(keys, args)
  local holder = redis.call('GET', keys[1])
  if holder and holder ~= args[1] then return {'OK', {}, '0'} end
  redis.call('SET', keys[1], args[1], 'PX', args[2])
  return {'OK', {}, '1'}
end)

-- relay_signed_up: whether a person has or had a line in a call. KEYS his sign-ups. ARGV call. Answers OK {} 1 or 0.
redis.register_function{
  function_name = 'relay_signed_up',
  flags = {'no-writes'},
  callback = function(keys, args)
    local prefix = args[1] .. ' '
    for _, line in ipairs(redis.call('HKEYS', keys[1])) do
      if string.sub(line, 1, #prefix) == prefix then return {'OK', {}, '1'} end
    end
    return {'OK', {}, '0'}
  end,
}

-- relay_sign_ups: the latest sign-ups of a person before a time, and the minutes granted to him in all.
-- KEYS person, his sign-ups, recent. ARGV before (ms), count.
-- Answers OK {} minutes rows: the line and the value of each with a tab between them, rows with newlines.
redis.register_function{
  function_name = 'relay_sign_ups',
  flags = {'no-writes'},
  callback = function(keys, args)
    local lines = redis.call('ZREVRANGEBYSCORE', keys[3], '(' .. args[1], '-inf', 'LIMIT', 0, args[2])
    local rows = {}
    if #lines > 0 then
      for i, value in ipairs(redis.call('HMGET', keys[2], unpack(lines))) do rows[i] = lines[i] .. '\t' .. value end
    end
    return {'OK', {}, redis.call('HGET', keys[1], 'minutes') or '0', table.concat(rows, '\n')}
  end,
}
