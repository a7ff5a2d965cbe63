-- chain.lua: what is done to the lines of a call; lines.lua says how.

local SIGNED_FOR_MAX = 5 -- live lines that one person may have put into a chain for others; the author has no bound
local LINES_MAX = 100000 -- of one chain, struck ones included

-- Whether the chain is open to somebody now. The author may add who stands at the door also after the deadline.
local function closed_to(request, call, walk_up)
  if not call then return refuse('NOT_FOUND', 'call') end
  if call.state ~= 'open' then return refuse('CLOSED', 'call') end
  if request.now > call.deadline and not walk_up then return refuse('TOO_LATE', 'call') end
end

local function bad_slot(call, slot)
  if slot > call.slots then return refuse('NOT_FOUND', 'slot') end
  if slot == 0 and call.slots > 0 then return refuse('BAD_REQUEST', 'slot') end
end

local function signed_for(chain, person)
  return tonumber(redis.call('HGET', chain.live, 'by ' .. person)) or 0
end

-- chain_join: one line at the end of the chain; past the limit it waits.
-- KEYS … the chain's. ARGV … id, the person it is for ('' for one without an account), the place where he is
-- registered, slot, people, walk_up (1 or ''), texts (name, remark, answers with tabs between them; '' for none), seen
-- (1, or '' from a hub that has not seen the call yet, and so has not looked whether it is for him).
-- Answers OK number state ahead, or refuses: NOT_FOUND (call or slot), CLOSED, TOO_LATE, FORBIDDEN walk_up,
-- FULL (the chain, or lines for others), ALREADY number state ahead, UNAVAILABLE call: when it has been seen.
local function chain_join(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, id = read_chain(keys, KEY + 1), args[ARG + 1]
  local person, place, slot, people, walk_up, texts = unpack(args, ARG + 2, ARG + 7)
  slot, people, walk_up = tonumber(slot), tonumber(people), walk_up == '1'
  local call = read_call(chain)
  local no = closed_to(request, call, walk_up) or bad_slot(call, slot)
  if no then return no end
  if args[ARG + 8] ~= '1' then return refuse('UNAVAILABLE', 'call') end
  local is_author = request.person == call.author
  if walk_up and not is_author then return refuse('FORBIDDEN', 'walk_up') end
  if person ~= '' then
    local live = redis.call('HGET', chain.live, live_field(person, slot))
    if live then
      return refuse('ALREADY', 'call', live, get_line(chain, live).state, ahead_of(chain, slot, live))
    end
  end
  if call.lines >= LINES_MAX then return refuse('FULL', 'call') end
  local for_other = person ~= request.person
  if for_other and not is_author and signed_for(chain, request.person) >= SIGNED_FOR_MAX then
    return refuse('FULL', 'person')
  end

  call.lines = call.lines + 1
  local number = digits(call.lines)
  local pool = pool_of(chain, call, slot)
  local has_room = fits(pool, people) and pool.waiting == 0
  local line = {
    state = has_room and 'confirmed' or 'waiting',
    person = person,
    place = covers(call.place, place) and place or call.place, -- who lives elsewhere counts at the call's place
    joined = digits(request.now),
    slot = slot > 0 and digits(slot) or '',
    people = people > 1 and digits(people) or '',
    by = for_other and request.person or '',
    present = walk_up and has_room and digits(request.now) or '',
    texts = texts ~= '' and '1' or '',
  }
  set_line(chain, number, line)
  if texts ~= '' then redis.call('HSET', chain.texts, number, texts) end
  if person ~= '' then redis.call('HSET', chain.live, live_field(person, slot), number) end
  if for_other then redis.call('HINCRBY', chain.live, 'by ' .. request.person, 1) end
  count(chain, call, number, line, 1)
  if line.present ~= '' then count_present(chain, line, 1) end
  write_numbers(chain, call)
  local filled = line.state == 'confirmed' and pool.limit > 0 and pool.confirmed == pool.limit
  local ahead = line.state == 'waiting' and ahead_of(chain, slot, number) or '0'
  local event = chain_event(id, {told(number, line)}, filled and 'filled' or nil, call.place)
  return commit(request, event, number, line.state, ahead)
end

redis.register_function('chain_join', chain_join)

-- The line that the arguments name, in an open call whose line the asker may change: its number and itself, or nil and
-- the refusal. That the call is closed is told to who may change it: he knows that there is such a call.
local function line_to_change(request, chain, call, args)
  if not call then return nil, refuse('NOT_FOUND', 'call') end
  local number, line = find_live_line(request, chain, args[ARG + 2], args[ARG + 3])
  if not number then return nil, line end
  if not may_change(request, call, line) then return nil, refuse('FORBIDDEN', 'number') end
  if call.state ~= 'open' then return nil, refuse('CLOSED', 'call') end
  return number, line
end

-- chain_concerns: whether a live line of the call is that person's or was put there by him.
-- KEYS call, live. ARGV person. Answers OK {} 1 or 0.
redis.register_function{
  function_name = 'chain_concerns',
  flags = {'no-writes'},
  callback = function(keys, args)
    local person, fields = args[1], {args[1]}
    for slot = 1, tonumber(redis.call('HGET', keys[1], 'slots') or 0) do fields[slot + 1] = live_field(person, slot) end
    if (tonumber(redis.call('HGET', keys[2], 'by ' .. person)) or 0) > 0 then return {'OK', {}, '1'} end
    for _, number in ipairs(redis.call('HMGET', keys[2], unpack(fields))) do
      if number then return {'OK', {}, '1'} end
    end
    return {'OK', {}, '0'}
  end,
}

-- chain_withdraw: strikes a line; a place that becomes free goes to the first in line at once.
-- KEYS … the chain's, due. ARGV … id, number (0: one's own), slot.
-- Answers OK number, or refuses: NOT_FOUND (call, number, or person: no live line of his), CLOSED, FORBIDDEN number.
local function chain_withdraw(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, due, id = read_chain(keys, KEY + 1), keys[KEY + CHAIN_KEYS + 1], args[ARG + 1]
  local call = read_call(chain)
  local number, line = line_to_change(request, chain, call, args)
  if not number then return line end

  local changes = {}
  local late = strike(request, chain, call, id, due, number, line, changes)
  write_numbers(chain, call)
  return commit(request, chain_event(id, changes, late and 'late' or nil, call.author), number)
end

redis.register_function('chain_withdraw', chain_withdraw)

-- chain_confirm: an offered line is taken.
-- KEYS … the chain's, due. ARGV … id, number (0: one's own), slot.
-- Answers OK number, or refuses: NOT_FOUND, CLOSED, FORBIDDEN number, ALREADY number (nothing is offered).
local function chain_confirm(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, due, id = read_chain(keys, KEY + 1), keys[KEY + CHAIN_KEYS + 1], args[ARG + 1]
  local call = read_call(chain)
  local number, line = line_to_change(request, chain, call, args)
  if not number then return line end
  if line.state ~= 'offered' then return refuse('ALREADY', 'number') end

  turn(chain, call, number, line, 'confirmed')
  redis.call('ZREM', due, offer_item(id, number))
  write_numbers(chain, call)
  return commit(request, chain_event(id, {told(number, line)}), number)
end

redis.register_function('chain_confirm', chain_confirm)

-- Minutes granted for having been there: what the call says, or else what was measured, rounded up to the half hour:
-- half an hour at least and twelve hours at the most.
local function granted(call, line, left)
  if call.grant > 0 then return call.grant end
  local minutes = (left - tonumber(line.present)) / 60000
  return math.max(30, math.min(math.ceil(minutes / 30) * 30, 720))
end

-- chain_check: somebody has come (in), or goes (out). By himself (the hub has looked at the code he read) or by the
-- author, and also when the call is closed: hours are written down afterwards.
-- KEYS … the chain's. ARGV … id, number (0: one's own), slot, 'in' or 'out', 1 if a good code came with it.
-- Answers OK number minutes, or refuses: NOT_FOUND (call, number, person), FORBIDDEN number, ALREADY number,
-- CLOSED (the line waits or was offered, or the call was cancelled).
local function chain_check(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, id = read_chain(keys, KEY + 1), args[ARG + 1]
  local way, coded = args[ARG + 4], args[ARG + 5] == '1'
  local call = read_call(chain)
  if not call then return refuse('NOT_FOUND', 'call') end
  local number, line = find_live_line(request, chain, args[ARG + 2], args[ARG + 3])
  if not number then return line end
  local may = call.author == request.person or (coded and may_change(request, call, line))
  if not may then return refuse('FORBIDDEN', 'number') end
  if call.state == 'cancelled' or line.state ~= 'confirmed' then return refuse('CLOSED', 'number') end
  if way == 'in' and line.present ~= '' then return refuse('ALREADY', 'number') end
  if way == 'out' and line.present == '' then return refuse('NOT_FOUND', 'present') end
  if way == 'out' and line.left ~= '' then return refuse('ALREADY', 'number') end

  if way == 'in' then
    line.present = digits(request.now)
    count_present(chain, line, 1)
  else
    line.left = digits(request.now)
    line.granted = digits(granted(call, line, request.now))
  end
  set_line(chain, number, line)
  write_numbers(chain, call)
  return commit(request, chain_event(id, {told(number, line)}), number, line.granted)
end

redis.register_function('chain_check', chain_check)

-- chain_lapse: a line that was offered was not confirmed in time; its place goes to the next. In a closed call nothing
-- lapses; see call_reopen. Timed work: any hub may call it, and twice does no harm.
-- KEYS meta, log, due, then the chain's. ARGV id, number. Answers OK, with an event if there was something to do.
local function chain_lapse(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local due, chain, id, number = keys[3], read_chain(keys, 4), args[1], args[2]
  local at = redis.call('ZSCORE', due, offer_item(id, number))
  if not at or tonumber(at) > request.now then return {'OK', {}} end
  local call, line = read_call(chain), get_line(chain, number)
  if not call or call.state ~= 'open' or not line or line.state ~= 'offered' then
    redis.call('ZREM', due, offer_item(id, number))
    return {'OK', {}}
  end

  local changes = {}
  strike(request, chain, call, id, due, number, line, changes)
  write_numbers(chain, call)
  return {'OK', append(request, chain_event(id, changes))}
end

redis.register_function('chain_lapse', chain_lapse)
