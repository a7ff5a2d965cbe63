-- call.lua: calls: posted, changed, ended.
--
-- call   hash: state (open, closed, cancelled), place, author, posted, deadline, need, limit, title, body, meeting,
--        bring, starts, ends (when to be there; 0: not said), names (how they show: the number in the proto), window
--        (minutes in which an offered place must be confirmed; 0: none), grant (minutes of service granted; 0: as
--        measured), questions (packed by the hub), slots (how many) and slot1, slot2, … (their columns with tabs
--        between them, in the order of SLOT in lines.lua); confirmed, waiting (people), lines (how many numbers were
--        given), edition (counts changes of the call), version (counts all, the chain's too); closed (when), reason,
--        thanks; gone (lines.lua); of a call of another system: origin, and importing (the state it will have) while
--        its lines come
-- imported  hash of origin, "<id>@<posted>" where it was posted, → the call's id here
-- open   set of the ids of open calls
-- calls  sorted set of all ids by the time of posting
-- templates:<place>        sorted set of the names of what is kept for it
-- template:<place>         hash of "<name><tab><column>": each as a call that was never posted, without times
-- due    sorted set of what is to be done when: "deadline <id>", "offer <id> <number>",
--        "tell <id>" (tell.lua)

local YEAR_MS = 366 * DAY_MS
local TEMPLATES_MAX = 32 -- of one place

-- What the author says of a call, in the order in which the hub passes it.
local FIELDS = {'title', 'body', 'meeting', 'bring', 'need', 'limit', 'deadline', 'starts', 'ends', 'names', 'window',
  'grant', 'questions'}
local SLOT_DRAFT = 5 -- columns of a slot that the author gives

-- The fields, and behind them the slots: how many, then the columns of each.
local function read_draft(args, at)
  local draft = {slots = {}}
  for i, name in ipairs(FIELDS) do draft[name] = args[at + i - 1] end
  at = at + #FIELDS
  for slot = 1, tonumber(args[at]) do
    draft.slots[slot] = {confirmed = '0', waiting = '0'}
    for i = 1, SLOT_DRAFT do draft.slots[slot][SLOT[i]] = args[at + (slot - 1) * SLOT_DRAFT + i] end
  end
  return draft
end

local function bad_deadline(request, deadline)
  if tonumber(deadline) <= request.now then return refuse('BAD_REQUEST', 'deadline_ms') end
  if tonumber(deadline) > request.now + YEAR_MS then return refuse('BAD_REQUEST', 'deadline_ms') end
end

local function deadline_item(id)
  return 'deadline ' .. id
end

-- The record of a call that nobody has signed up for, as names and values.
local function new_record(request, place, draft)
  local record = {'state', 'open', 'place', place, 'author', request.person, 'posted', digits(request.now),
    'confirmed', '0', 'waiting', '0', 'lines', '0', 'edition', '1', 'version', '1', 'slots', digits(#draft.slots)}
  local function put(name, value)
    record[#record + 1] = name
    record[#record + 1] = value
  end
  for _, name in ipairs(FIELDS) do put(name, draft[name]) end
  for number, slot in ipairs(draft.slots) do put(slot_field(number), pack_slot(slot)) end
  return record
end

-- call_number: a number for a call that is to be posted; none is used up for a deadline that cannot be.
-- KEYS meta. ARGV deadline. Answers OK {} number, or BAD_REQUEST deadline_ms.
local function call_number(keys, args)
  local no = bad_deadline({now = now()}, args[1])
  if no then return no end
  return {'OK', {}, digits(redis.call('HINCRBY', keys[1], 'ids', 1))}
end

redis.register_function('call_number', call_number)

-- call_post: a call of the id offered. The deadline is by Redis' clock.
-- KEYS … call, open, calls, due. ARGV … id, place, tell (1: people are to be told by WeChat, see tell.lua), the draft.
-- Answers OK id, or BAD_REQUEST deadline_ms.
local function call_post(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local call, open, calls, due = unpack(keys, KEY + 1, KEY + 4)
  local id, place, draft = args[ARG + 1], args[ARG + 2], read_draft(args, ARG + 4)
  local no = bad_deadline(request, draft.deadline)
  if no then return no end

  redis.call('HSET', call, unpack(new_record(request, place, draft)))
  redis.call('SADD', open, id)
  redis.call('ZADD', calls, digits(request.now), id)
  redis.call('ZADD', due, draft.deadline, deadline_item(id))
  if args[ARG + 3] == '1' then redis.call('ZADD', due, digits(request.now), 'tell ' .. id) end
  return commit(request, {'call', 'call', id}, id)
end

redis.register_function('call_post', call_post)

local function count_change(call)
  redis.call('HINCRBY', call, 'edition', 1)
  redis.call('HINCRBY', call, 'version', 1)
end

-- Why somebody may not end or change a call; what it is then stands in `state`.
local function not_his(request, state, author)
  if not state then return refuse('NOT_FOUND', 'call') end
  if author ~= request.person then return refuse('FORBIDDEN', 'call') end
end

-- Refused while the lines of a call from another system come: until then it is nobody's to end or to reopen.
local function still_comes(call)
  if redis.call('HEXISTS', call, 'importing') == 1 then return refuse('CLOSED', 'call') end
end

-- call_end: takes no more replies: closed, or (with a reason) cancelled. ALREADY if it is; CLOSED while it is imported.
-- KEYS … call, open, due. ARGV … id, state, reason. Answers OK.
local function call_end(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local call, open, due = unpack(keys, KEY + 1, KEY + 3)
  local id, wanted, reason = unpack(args, ARG + 1, ARG + 3)
  local state, author = unpack(redis.call('HMGET', call, 'state', 'author'))
  local no = not_his(request, state, author) or still_comes(call)
  if no then return no end
  if state == 'cancelled' or state == wanted then return refuse('ALREADY', 'call') end

  redis.call('HSET', call, 'state', wanted, 'closed', digits(request.now), 'reason', reason)
  count_change(call)
  redis.call('SREM', open, id)
  redis.call('ZREM', due, deadline_item(id))
  return commit(request, {'call', 'call', id, 'changed', 'state'})
end

redis.register_function('call_end', call_end)

-- call_reopen: a closed call takes replies again, until the deadline given. Nothing lapsed while it was closed: who was
-- offered a place has his whole time again (or has the place, if it need not be confirmed any more), and who was erased
-- meanwhile is struck; that is told by an event of its own, behind that of the call: names show by what the call says,
-- so it must be known again first.
-- KEYS … the chain's, open, due. ARGV … id, deadline.
-- Answers OK, or refuses: NOT_FOUND, FORBIDDEN, ALREADY (it is open), CLOSED (it was cancelled, is imported, or ended
-- so long ago that it has no names any more), BAD_REQUEST deadline_ms.
local function call_reopen(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, open, due = read_chain(keys, KEY + 1), unpack(keys, KEY + CHAIN_KEYS + 1, KEY + CHAIN_KEYS + 2)
  local id, deadline = args[ARG + 1], args[ARG + 2]
  local call = read_call(chain)
  local no = not_his(request, call and call.state, call and call.author) or still_comes(chain.call)
  if no then return no end
  if call.state == 'open' then return refuse('ALREADY', 'call') end
  if call.state == 'cancelled' or redis.call('HEXISTS', chain.call, 'forgotten') == 1 then
    return refuse('CLOSED', 'call')
  end
  no = bad_deadline(request, deadline)
  if no then return no end

  redis.call('HSET', chain.call, 'state', 'open', 'deadline', deadline)
  redis.call('HDEL', chain.call, 'closed')
  count_change(chain.call)
  redis.call('SADD', open, id)
  redis.call('ZADD', due, deadline, deadline_item(id))
  local changes = {}
  offer_anew(request, chain, call, id, due, changes)
  strike_gone(request, chain, call, id, due, changes)
  if #changes > 0 then write_numbers(chain, call) end
  local event = {'call', 'call', id, 'changed', 'state'}
  if #changes > 0 then
    append(request, event)
    event = chain_event(id, changes)
  end
  return commit(request, event)
end

redis.register_function('call_reopen', call_reopen)

-- call_thank: a word of thanks, told to who came.
-- KEYS … call. ARGV … id, text. Answers OK, or NOT_FOUND, FORBIDDEN.
local function call_thank(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local call, id, text = keys[KEY + 1], args[ARG + 1], args[ARG + 2]
  local state, author = unpack(redis.call('HMGET', call, 'state', 'author'))
  local no = not_his(request, state, author)
  if no then return no end

  redis.call('HSET', call, 'thanks', text)
  count_change(call)
  return commit(request, {'call', 'call', id, 'changed', 'thanks'})
end

redis.register_function('call_thank', call_thank)

-- Which fields a draft changes, by name; "slots" for any of theirs.
local function changed_fields(call_key, draft)
  local changed, write = {}, {}
  local stand = redis.call('HMGET', call_key, unpack(FIELDS))
  for i, name in ipairs(FIELDS) do
    if (stand[i] or '') ~= draft[name] then
      changed[#changed + 1] = name
      write[#write + 1] = name
      write[#write + 1] = draft[name]
    end
  end
  local of_slots = false
  for number, slot in ipairs(draft.slots) do
    local field = slot_field(number)
    local old = redis.call('HGET', call_key, field)
    local new = old and unpack_slot(old) or slot
    for i = 1, SLOT_DRAFT do
      of_slots = of_slots or not old or new[SLOT[i]] ~= slot[SLOT[i]]
      new[SLOT[i]] = slot[SLOT[i]]
    end
    write[#write + 1] = field
    write[#write + 1] = pack_slot(new)
  end
  if of_slots then changed[#changed + 1] = 'slots' end
  return changed, write
end

-- The limit a slot shall have, and how many people that moves, out (negative) or in.
local function limit_of(draft, slot)
  return tonumber(slot == 0 and draft.limit or draft.slots[slot].limit)
end

local function moves(pool, limit)
  if limit > 0 and pool.confirmed > limit then return limit - pool.confirmed end
  if limit == 0 then return pool.waiting end
  return math.min(limit - pool.confirmed, pool.waiting)
end

-- Why the limits of a draft cannot be; nil if they can. A slot that is new has no lines yet.
local function bad_limits(chain, call, draft, first, demote)
  local moved = 0
  for slot = first, call.slots do
    local by = moves(pool_of(chain, call, slot), limit_of(draft, slot))
    if by < 0 and not demote then return refuse('FULL', 'limit') end
    moved = moved + math.abs(by)
  end
  if moved > MOVES_MAX then return refuse('BAD_REQUEST', 'limit') end
end

-- Lets a slot's new limit hold: the last that count go back into the queue, or the first in line come out of it.
local function settle(request, chain, call, id, due, slot, changes)
  local pool = pool_of(chain, call, slot)
  while pool.limit > 0 and pool.confirmed > pool.limit do
    local number = last_number(chain, 'confirmed', slot)
    local line = get_line(chain, number)
    if line.state == 'offered' then redis.call('ZREM', due, offer_item(id, number)) end
    turn(chain, call, number, line, 'waiting')
    changes[#changes + 1] = told(number, line)
  end
  promote(request, chain, call, id, due, slot, changes)
end

-- call_edit: the call as it shall be. Slots may be added and changed, not taken away; questions stay once there are
-- lines. Who moves because of a limit is told by an event of its own, in front of that of the call.
-- KEYS … the chain's, due. ARGV … id, the edition that was seen, demote (1 or ''), the draft.
-- Answers OK names (of what changed, with commas between them), or refuses: NOT_FOUND, FORBIDDEN, CLOSED,
-- CHANGED version, FULL limit (more people count than it allows, and demote was not asked for), BAD_REQUEST limit (too
-- many would move at once), deadline_ms, slots, questions.
local function call_edit(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local chain, due, id = read_chain(keys, KEY + 1), keys[KEY + CHAIN_KEYS + 1], args[ARG + 1]
  local demote, draft = args[ARG + 3] == '1', read_draft(args, ARG + 4)
  local call = read_call(chain)
  local no = not_his(request, call and call.state, call and call.author)
  if no then return no end
  if call.state ~= 'open' then return refuse('CLOSED', 'call') end
  local edition, deadline, questions = unpack(redis.call('HMGET', chain.call, 'edition', 'deadline', 'questions'))
  if edition ~= args[ARG + 2] then return refuse('CHANGED', 'version') end
  if deadline ~= draft.deadline then
    no = bad_deadline(request, draft.deadline)
    if no then return no end
  end
  if #draft.slots < call.slots then return refuse('BAD_REQUEST', 'slots') end
  if call.slots == 0 and #draft.slots > 0 and call.lines > 0 then return refuse('BAD_REQUEST', 'slots') end
  if call.lines > 0 and questions ~= draft.questions then return refuse('BAD_REQUEST', 'questions') end
  local first = call.slots > 0 and 1 or 0
  no = bad_limits(chain, call, draft, first, demote)
  if no then return no end

  local changed, write = changed_fields(chain.call, draft)
  if #changed == 0 then return commit(request, nil, '') end
  write[#write + 1] = 'slots'
  write[#write + 1] = digits(#draft.slots)
  redis.call('HSET', chain.call, unpack(write))
  redis.call('HINCRBY', chain.call, 'edition', 1)
  if deadline ~= draft.deadline then redis.call('ZADD', due, draft.deadline, deadline_item(id)) end
  call.window = tonumber(draft.window)
  local changes = {}
  for slot = first, call.slots do
    local pool = pool_of(chain, call, slot)
    pool.limit, pool.record = limit_of(draft, slot), draft.slots[slot]
    settle(request, chain, call, id, due, slot, changes)
  end
  write_numbers(chain, call)
  if #changes > 0 then append(request, chain_event(id, changes)) end
  local names = table.concat(changed, ',')
  return commit(request, {'call', 'call', id, 'changed', names}, names)
end

redis.register_function('call_edit', call_edit)

-- call_overdue: the deadline of an open call has passed; people are told. Timed work: any hub may call it, and twice
-- does no harm.
-- KEYS meta, log, due, call. ARGV id. Answers OK, with an event if there was something to tell.
local function call_overdue(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local due, call, id = keys[3], keys[4], args[1]
  local at = redis.call('ZSCORE', due, deadline_item(id))
  if not at or tonumber(at) > request.now then return {'OK', {}} end
  redis.call('ZREM', due, deadline_item(id))
  if redis.call('HGET', call, 'state') ~= 'open' then return {'OK', {}} end
  return {'OK', append(request, {'call', 'call', id, 'changed', 'overdue'})}
end

redis.register_function('call_overdue', call_overdue)

-- Forgets what is kept under a name.
local function drop_template(template, name)
  local prefix, gone = name .. '\t', {}
  for _, field in ipairs(redis.call('HKEYS', template)) do
    if string.sub(field, 1, #prefix) == prefix then gone[#gone + 1] = field end
  end
  if #gone > 0 then redis.call('HDEL', template, unpack(gone)) end
end

-- template_save: keeps what a call says under a name; one of that name is replaced. Nobody is told: it is read when it
-- is asked for.
-- KEYS … templates, template. ARGV … place, name, the draft, without times.
-- Answers OK, or FULL name (there are as many as may be).
local function template_save(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local names, template = keys[KEY + 1], keys[KEY + 2]
  local place, name, draft = args[ARG + 1], args[ARG + 2], read_draft(args, ARG + 3)
  if not redis.call('ZSCORE', names, name) and redis.call('ZCARD', names) >= TEMPLATES_MAX then
    return refuse('FULL', 'name')
  end

  local record = new_record(request, place, draft)
  for i = 1, #record, 2 do record[i] = name .. '\t' .. record[i] end
  redis.call('ZADD', names, 0, name)
  drop_template(template, name)
  redis.call('HSET', template, unpack(record))
  return commit(request, nil)
end

redis.register_function('template_save', template_save)

-- template_remove: KEYS … templates, template. ARGV … name. Answers OK, or NOT_FOUND name.
local function template_remove(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local names, template, name = keys[KEY + 1], keys[KEY + 2], args[ARG + 1]
  if not redis.call('ZSCORE', names, name) then return refuse('NOT_FOUND', 'name') end

  redis.call('ZREM', names, name)
  drop_template(template, name)
  return commit(request, nil)
end

redis.register_function('template_remove', template_remove)

-- Calls of another system (gridctl import). A call is closed until its last line is there (import.lua), so nobody signs
-- up between them. What was begun before is found by its origin, so an import may be done again, or gone on with.

-- import_call: begins a call under the id offered. Any time may have passed.
-- KEYS meta, log, imported, call, calls. ARGV origin, id, place, author, the state it will have, posted, reason,
-- thanks, the draft.
-- Answers OK, or ALREADY call: one of that origin was begun.
local function import_call(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local imported, call, calls = keys[3], keys[4], keys[5]
  local origin, id, place, author, state, posted, reason, thanks = unpack(args, 1, 8)
  if redis.call('HEXISTS', imported, origin) == 1 then return refuse('ALREADY', 'call') end

  local record = new_record({person = author, now = tonumber(posted)}, place, read_draft(args, 9))
  for _, text in ipairs({'state', 'closed', 'importing', state, 'origin', origin, 'closed', digits(request.now),
    'reason', reason, 'thanks', thanks}) do
    record[#record + 1] = text
  end
  redis.call('HSET', call, unpack(record))
  redis.call('ZADD', calls, posted, id)
  redis.call('HSET', imported, origin, id)
  return {'OK', append(request, {'call', 'call', id})}
end

redis.register_function('import_call', import_call)

-- import_end: all lines are there: the call gets the state it had. Its deadline may have passed: people are told, and
-- nobody signs up any more.
-- KEYS meta, log, call, open, due. ARGV id, how many lines.
-- Answers OK, or refuses: NOT_FOUND, CLOSED (it has ended before), CHANGED lines.
local function import_end(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local call, open, due, id = keys[3], keys[4], keys[5], args[1]
  local state, lines, deadline = unpack(redis.call('HMGET', call, 'importing', 'lines', 'deadline'))
  if not lines then return refuse('NOT_FOUND', 'call') end
  if not state then return refuse('CLOSED', 'call') end
  if lines ~= args[2] then return refuse('CHANGED', 'lines') end

  redis.call('HSET', call, 'state', state)
  redis.call('HDEL', call, 'importing')
  count_change(call)
  if state == 'open' then
    redis.call('HDEL', call, 'closed')
    redis.call('SADD', open, id)
    redis.call('ZADD', due, deadline, deadline_item(id))
  end
  return {'OK', append(request, {'call', 'call', id, 'changed', 'state'})}
end

redis.register_function('import_end', import_end)
