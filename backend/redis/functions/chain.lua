-- chain.lua: the lines of a call.
--
-- lines    hash of number → line: its columns as text with tabs between them, in the order of LINE
-- live     hash of person → the number of his live line
-- waiting  sorted set of the numbers past the limit, first in line first
-- tally    hash of "<place> confirmed" and "<place> waiting" → count, of the live lines by the place they count at

local LINES_MAX = 100000 -- of one chain, struck ones included

local LINE = {'state', 'person', 'place', 'joined'}

local function unpack_line(text)
  local line, at = {}, 1
  for column in string.gmatch(text .. '\t', '([^\t]*)\t') do
    line[LINE[at]] = column
    at = at + 1
  end
  return line
end

local function pack_line(line)
  local columns = {}
  for at, name in ipairs(LINE) do columns[at] = line[name] end
  return table.concat(columns, '\t')
end

-- The keys of a chain, as the hub passes them.
local function read_chain(keys, at)
  return {call = keys[at], lines = keys[at + 1], live = keys[at + 2], waiting = keys[at + 3], tally = keys[at + 4]}
end

-- What the call's record says that a join or a withdrawal must know; nil if there is no call.
local function read_call(chain)
  local state, place, deadline, limit, confirmed, waiting, lines = unpack(redis.call('HMGET', chain.call,
    'state', 'place', 'deadline', 'limit', 'confirmed', 'waiting', 'lines'))
  if not state then return nil end
  return {
    state = state, place = place, deadline = tonumber(deadline), limit = tonumber(limit),
    confirmed = tonumber(confirmed), waiting = tonumber(waiting), lines = tonumber(lines),
  }
end

local function write_numbers(chain, call)
  redis.call('HSET', chain.call, 'confirmed', digits(call.confirmed), 'waiting', digits(call.waiting),
    'lines', digits(call.lines))
end

local function has_room(call)
  return call.limit == 0 or call.confirmed < call.limit
end

-- Counts a line in (1) or out (-1), in the call's numbers and in its place's.
local function count(chain, call, line, by)
  call[line.state] = call[line.state] + by
  redis.call('HINCRBY', chain.tally, line.place .. ' ' .. line.state, by)
end

local function get_line(chain, number)
  return unpack_line(redis.call('HGET', chain.lines, number))
end

local function set_line(chain, number, line)
  redis.call('HSET', chain.lines, number, pack_line(line))
end

-- A line as the event carries it.
local function told(number, line)
  return number .. ':' .. line.state .. ':' .. line.person .. ':' .. line.place .. ':' .. line.joined
end

local function chain_event(id, lines)
  return {'chain', 'call', id, 'lines', table.concat(lines, ';')}
end

-- Gives free places to the first in line; adds what changed to `changes`.
local function promote(chain, call, changes)
  while call.waiting > 0 and has_room(call) do
    local number = redis.call('ZPOPMIN', chain.waiting)[1]
    local line = get_line(chain, number)
    count(chain, call, line, -1)
    line.state = 'confirmed'
    count(chain, call, line, 1)
    set_line(chain, number, line)
    changes[#changes + 1] = told(number, line)
  end
end

-- chain_join: one line at the end of the chain; past the limit it waits.
-- KEYS … call, lines, live, waiting, tally. ARGV … id, the place where the person is registered.
-- Answers OK number state, or refuses: NOT_FOUND, CLOSED, TOO_LATE, FULL, ALREADY number state.
local function chain_join(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, id, place = read_chain(keys, KEY + 1), args[ARG + 1], args[ARG + 2]
  local call = read_call(chain)
  if not call then return refuse('NOT_FOUND', 'call') end
  if call.state ~= 'open' then return refuse('CLOSED', 'call') end
  if request.now > call.deadline then return refuse('TOO_LATE', 'call') end
  local live = redis.call('HGET', chain.live, request.person)
  if live then return refuse('ALREADY', 'call', live, get_line(chain, live).state) end
  if call.lines >= LINES_MAX then return refuse('FULL', 'call') end

  call.lines = call.lines + 1
  local number = digits(call.lines)
  local line = {
    state = has_room(call) and 'confirmed' or 'waiting',
    person = request.person,
    place = covers(call.place, place) and place or call.place, -- who lives elsewhere counts at the call's place
    joined = digits(request.now),
  }
  set_line(chain, number, line)
  redis.call('HSET', chain.live, request.person, number)
  if line.state == 'waiting' then redis.call('ZADD', chain.waiting, number, number) end
  count(chain, call, line, 1)
  write_numbers(chain, call)
  return commit(request, chain_event(id, {told(number, line)}), number, line.state)
end

redis.register_function('chain_join', chain_join)

-- chain_withdraw: strikes the person's line; a place that becomes free goes to the first in line at once.
-- KEYS … call, lines, live, waiting, tally. ARGV … id.
-- Answers OK number, or refuses: NOT_FOUND (the call, or a line of his), CLOSED.
local function chain_withdraw(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, id = read_chain(keys, KEY + 1), args[ARG + 1]
  local call = read_call(chain)
  if not call then return refuse('NOT_FOUND', 'call') end
  if call.state ~= 'open' then return refuse('CLOSED', 'call') end
  local number = redis.call('HGET', chain.live, request.person)
  if not number then return refuse('NOT_FOUND', 'person') end

  local line = get_line(chain, number)
  if line.state == 'waiting' then redis.call('ZREM', chain.waiting, number) end
  count(chain, call, line, -1)
  line.state = 'struck'
  set_line(chain, number, line)
  redis.call('HDEL', chain.live, request.person)
  local changes = {told(number, line)}
  promote(chain, call, changes)
  write_numbers(chain, call)
  return commit(request, chain_event(id, changes), number)
end

redis.register_function('chain_withdraw', chain_withdraw)
