-- call.lua: calls, without their chains.
--
-- call   hash: state (open, closed), place, author, posted, deadline, need, limit, title, body, meeting,
--        confirmed, waiting, lines (how many numbers were given), and closed (when) once it is
-- open   set of the ids of open calls
-- calls  sorted set of all ids by the time of posting

-- call_post: a call of the id offered. The deadline is by Redis' clock.
-- KEYS … call, open, calls. ARGV … id, place, title, body, meeting, need, limit, deadline.
-- Answers OK id, or BAD_REQUEST deadline_ms.
local function call_post(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local call, open, calls = keys[KEY + 1], keys[KEY + 2], keys[KEY + 3]
  local id, place, title, body, meeting = unpack(args, ARG + 1, ARG + 5)
  local need, limit, deadline = unpack(args, ARG + 6, ARG + 8)
  if tonumber(deadline) <= request.now then return refuse('BAD_REQUEST', 'deadline_ms') end
  if tonumber(deadline) > request.now + 366 * DAY_MS then return refuse('BAD_REQUEST', 'deadline_ms') end

  redis.call('HSET', call, 'state', 'open', 'place', place, 'author', request.person,
    'posted', digits(request.now), 'deadline', deadline, 'need', need, 'limit', limit,
    'title', title, 'body', body, 'meeting', meeting,
    'confirmed', '0', 'waiting', '0', 'lines', '0')
  redis.call('SADD', open, id)
  redis.call('ZADD', calls, digits(request.now), id)
  return commit(request, {'call', 'call', id}, id)
end

redis.register_function('call_post', call_post)

-- call_close: takes no more replies. ALREADY if it is closed.
-- KEYS … call, open. ARGV … id. Answers OK.
local function call_close(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local call, open, id = keys[KEY + 1], keys[KEY + 2], args[ARG + 1]
  local state = redis.call('HGET', call, 'state')
  if not state then return refuse('NOT_FOUND', 'call') end
  if state == 'closed' then return refuse('ALREADY', 'call') end

  redis.call('HSET', call, 'state', 'closed', 'closed', digits(request.now))
  redis.call('SREM', open, id)
  return commit(request, {'call', 'call', id})
end

redis.register_function('call_close', call_close)
