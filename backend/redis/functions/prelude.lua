-- prelude.lua: what all functions share. The build puts the shebang and the library's hash in front of it, the other
-- files behind it, and loads the whole as one library.
--
-- The shape of every writing function: read the request, say again what was said to its `once` before, refuse, and
-- only then write. A function that has begun to write goes through to the end, for Redis takes nothing back.
--
-- Keys and arguments of a writing function:
--   KEYS  meta, log, once, then its own
--   ARGV  person, the time in `once` (ms), the digest of the request, then its own
-- Numbers that may pass 2^53 do not occur; ids and places are text throughout.
--
-- Answers: {'OK', event or {}, results …}, or {STATUS, field, details …}. The event is the flat list that stands in
-- the log, so that the hub that asked need not wait for its feed; of an answer that is given again its number alone,
-- {'seq', number}, so that it knows how far its view must have come.

local DAY_MS = 86400000
local CLOCK_SLACK_MS = 300000 -- how far a client's clock may be ahead of ours
local LOG_KEEP_MS = DAY_MS -- events older than this are trimmed

-- Redis' own clock, in milliseconds: the one that deadlines are held by.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- A whole number as text; tostring() would write 1e+15, and '%.0f' takes three times as long.
local function digits(number)
  return string.format('%d', number)
end

local function refuse(status, field, ...)
  return {status, field or '', ...}
end

-- The request as the hub passes it; own keys and arguments start behind these.
local KEY = 3
local ARG = 3
local function read_request(keys, args)
  return {
    meta = keys[1],
    log = keys[2],
    once = keys[3],
    person = args[1],
    once_ms = tonumber(args[2]),
    digest = args[3],
    now = now(),
  }
end

-- What was answered to this `once` before, or why it cannot be looked at; nil for a new one.
local function answered(request)
  if request.once_ms < request.now - DAY_MS then return refuse('TOO_LATE', 'once') end
  if request.once_ms > request.now + CLOCK_SLACK_MS then return refuse('BAD_REQUEST', 'once') end
  local kept = redis.call('GET', request.once)
  if not kept then return nil end
  local answer = cmsgpack.unpack(kept)
  if table.remove(answer) ~= request.digest then return refuse('BAD_REQUEST', 'once') end
  return answer
end

-- Writes an event, a flat list that starts with its kind, into the log; gives it as it stands there.
local function append(request, event)
  local seq = redis.call('HINCRBY', request.meta, 'seq', 1)
  local entry = {'seq', digits(seq), 'at', digits(request.now), 'what', unpack(event)}
  redis.call('XADD', request.log, 'MINID', '~', digits(request.now - LOG_KEEP_MS), '*', unpack(entry))
  return entry
end

-- Writes the event, if any, and remembers the answer under `once`.
local function commit(request, event, ...)
  local entry = event and append(request, event) or {}
  local kept = {'OK', {entry[1], entry[2]}, ...}
  kept[#kept + 1] = request.digest
  redis.call('SET', request.once, cmsgpack.pack(kept), 'PX', DAY_MS + CLOCK_SLACK_MS)
  return {'OK', entry, ...}
end

-- Whether somebody is there by the record of that key: he was made, has become nobody else (rebind.lua), and is not
-- being erased (erase.lua). Whatever is written of a person asks this first.
local function is_there(person)
  local identity, erased = unpack(redis.call('HMGET', person, 'identity', 'erased'))
  return identity and not erased
end

-- Where somebody waits for a decision (`asked`, see member.lua), or nil.
local function waits_at(person)
  return string.match(redis.call('HGET', person, 'asked') or '', '^%a+\t(%d*)\t')
end

-- No device has a token any more; of them stays the highest number ever given (device.lua).
local function forget_devices(devices)
  for _, number in ipairs(redis.call('HKEYS', devices)) do
    if number ~= 'last' then redis.call('HDEL', devices, number) end
  end
end

-- True if `outer` covers `inner`.
local function covers(outer, inner)
  return string.sub(inner, 1, #outer) == outer
end
