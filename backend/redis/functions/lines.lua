-- lines.lua: the lines of a call, for the functions that change them (chain.lua, call.lua): how they are packed,
-- counted and moved between confirmed, offered, waiting and struck.
--
-- lines      hash of number → line: its columns as text with tabs between them, in the order of LINE; empty ones at
--            the end are left out
-- live       hash of person, or "person slot" → the number of his live line
-- waiting    sorted set of the numbers past the limit, first in line first within each slot: see score()
-- confirmed  the same of those that count
-- offered    the same of those that are offered
-- tally      hash of "<place> confirmed", "<place> waiting" and "<place> present" → people, of the live lines by the
--            place they count at
-- texts      hash of number → name, remark and answers with tabs between them, of lines that have any
--
-- A line of state `offered` was promoted and must be confirmed by `until`; it counts like a confirmed one.

local MOVES_MAX = 10000 -- lines that one change of a limit may move
local LATE_MS = 2 * 3600000 -- a withdrawal so shortly before the start is told to the author

local LINE = {'state', 'person', 'place', 'joined', 'slot', 'people', 'by', 'present', 'left', 'granted', 'until_ms',
  'texts'}

local function unpack_line(text)
  local line, at = {}, 1
  for column in string.gmatch(text .. '\t', '([^\t]*)\t') do
    line[LINE[at]] = column
    at = at + 1
  end
  while at <= #LINE do
    line[LINE[at]] = ''
    at = at + 1
  end
  return line
end

-- The columns of a line up to the last that is not empty.
local function columns_of(line)
  local columns, last = {}, 0
  for at, name in ipairs(LINE) do
    columns[at] = line[name] or ''
    if columns[at] ~= '' then last = at end
  end
  return columns, last
end

local function pack_line(line)
  local columns, last = columns_of(line)
  return table.concat(columns, '\t', 1, last)
end

-- A line as the event carries it.
local function told(number, line)
  local columns, last = columns_of(line)
  return number .. ':' .. table.concat(columns, ':', 1, last)
end

local CHAIN_KEYS = 8

-- The keys of a chain, as the hub passes them.
local function read_chain(keys, at)
  return {
    call = keys[at], lines = keys[at + 1], live = keys[at + 2], waiting = keys[at + 3], confirmed = keys[at + 4],
    tally = keys[at + 5], texts = keys[at + 6], offered = keys[at + 7],
  }
end

-- Slots share one set of each kind: those of slot 2 lie from 2000000 on.
local function score(slot, number)
  return digits(slot * 1000000 + number)
end

local function slot_of(line)
  return tonumber(line.slot) or 0
end

local function people_of(line)
  return tonumber(line.people) or 1
end

local function counts(line)
  return line.state == 'confirmed' or line.state == 'offered'
end

local function is_live(line)
  return counts(line) or line.state == 'waiting'
end

-- Whether a place is kept for whose line it is: not any more once he has come.
local function awaits(line)
  return is_live(line) and line.present == ''
end

local function live_field(person, slot)
  if slot == 0 then return person end
  return person .. ' ' .. slot
end

-- What the call's record says that its chain must know; nil if there is no call.
local function read_call(chain)
  local state, place, author, deadline, limit, confirmed, waiting, lines, slots, window, starts, grant = unpack(
    redis.call('HMGET', chain.call, 'state', 'place', 'author', 'deadline', 'limit', 'confirmed', 'waiting', 'lines',
      'slots', 'window', 'starts', 'grant'))
  if not state then return nil end
  return {
    state = state, place = place, author = author, deadline = tonumber(deadline),
    confirmed = tonumber(confirmed), waiting = tonumber(waiting), lines = tonumber(lines),
    limit = tonumber(limit), starts = tonumber(starts) or 0,
    slots = tonumber(slots) or 0, window = tonumber(window) or 0, grant = tonumber(grant) or 0,
    pools = {},
  }
end

local SLOT = {'label', 'starts', 'ends', 'need', 'limit', 'confirmed', 'waiting'}

local function slot_field(number)
  return 'slot' .. digits(number)
end

local function pack_slot(slot)
  local columns = {}
  for at, name in ipairs(SLOT) do columns[at] = slot[name] end
  return table.concat(columns, '\t')
end

local function unpack_slot(text)
  local slot, at = {}, 1
  for column in string.gmatch(text .. '\t', '([^\t]*)\t') do
    slot[SLOT[at]] = column
    at = at + 1
  end
  return slot
end

-- What limits a slot, and how many people are in it: the call itself where it has no slots.
local function pool_of(chain, call, slot)
  local pool = call.pools[slot]
  if pool then return pool end
  local from = slot == 0 and call or unpack_slot(redis.call('HGET', chain.call, slot_field(slot)))
  pool = {
    slot = slot, record = from,
    limit = tonumber(from.limit), starts = tonumber(from.starts),
    confirmed = tonumber(from.confirmed), waiting = tonumber(from.waiting),
  }
  call.pools[slot] = pool
  return pool
end

-- Writes what was counted, and that something changed.
local function write_numbers(chain, call)
  redis.call('HSET', chain.call, 'confirmed', digits(call.confirmed), 'waiting', digits(call.waiting),
    'lines', digits(call.lines))
  redis.call('HINCRBY', chain.call, 'version', 1)
  for slot, pool in pairs(call.pools) do
    if slot > 0 then
      local record = pool.record
      record.limit, record.confirmed, record.waiting = digits(pool.limit), digits(pool.confirmed), digits(pool.waiting)
      redis.call('HSET', chain.call, slot_field(slot), pack_slot(record))
    end
  end
end

local function fits(pool, people)
  return pool.limit == 0 or pool.confirmed + people <= pool.limit
end

-- Puts a number into a sorted set of its slot's (1), or takes it out (-1).
local function enlist(set, slot, number, by)
  if by > 0 then
    redis.call('ZADD', set, score(slot, number), number)
  else
    redis.call('ZREM', set, number)
  end
end

-- Counts a line in (1) or out (-1): in the call's numbers, its slot's, its place's, and the sets by which lines are
-- found.
local function count(chain, call, number, line, by)
  local kind = counts(line) and 'confirmed' or 'waiting'
  local pool, people = pool_of(chain, call, slot_of(line)), people_of(line) * by
  call[kind] = call[kind] + people
  pool[kind] = pool[kind] + people
  redis.call('HINCRBY', chain.tally, line.place .. ' ' .. kind, people)
  enlist(chain[kind], pool.slot, number, by)
  if line.state == 'offered' then enlist(chain.offered, pool.slot, number, by) end
end

local function count_present(chain, line, by)
  redis.call('HINCRBY', chain.tally, line.place .. ' present', people_of(line) * by)
end

local function get_line(chain, number)
  local text = redis.call('HGET', chain.lines, number)
  return text and unpack_line(text) or nil
end

local function set_line(chain, number, line)
  redis.call('HSET', chain.lines, number, pack_line(line))
end

-- Lets a live line change its state, and everything that follows from it.
local function turn(chain, call, number, line, state)
  count(chain, call, number, line, -1)
  line.state = state
  if state ~= 'offered' then line.until_ms = '' end
  if is_live(line) then
    count(chain, call, number, line, 1)
  else
    if line.present ~= '' then count_present(chain, line, -1) end
    if line.person ~= '' then redis.call('HDEL', chain.live, live_field(line.person, slot_of(line))) end
  end
  set_line(chain, number, line)
end

-- What changed in a chain, and what else there is to tell: "late" to the author, "filled" around the place.
local function chain_event(id, lines, what, to)
  return {'chain', 'call', id, 'lines', table.concat(lines, ';'), what, what and to}
end

-- The first or (`last`) the last number of a slot in one of its sets; nil if there is none.
local function first_number(chain, kind, slot)
  return redis.call('ZRANGEBYSCORE', chain[kind], score(slot, 0), score(slot, 999999), 'LIMIT', 0, 1)[1]
end

local function last_number(chain, kind, slot)
  return redis.call('ZREVRANGEBYSCORE', chain[kind], score(slot, 999999), score(slot, 0), 'LIMIT', 0, 1)[1]
end

local function offer_item(id, number)
  return 'offer ' .. id .. ' ' .. number
end

-- Gives a place to a line, which is confirmed, or has `window` minutes from now to be.
local function give_place(request, chain, call, id, due, number, line, changes)
  turn(chain, call, number, line, call.window > 0 and 'offered' or 'confirmed')
  if call.window > 0 then
    line.until_ms = digits(request.now + call.window * 60000)
    set_line(chain, number, line)
    redis.call('ZADD', due, line.until_ms, offer_item(id, number))
  end
  changes[#changes + 1] = told(number, line)
end

-- Gives free places of a slot to the first in line. He who comes with more people than there is room for keeps his
-- turn, and everybody behind him waits.
local function promote(request, chain, call, id, due, slot, changes)
  local pool = pool_of(chain, call, slot)
  while true do
    local number = first_number(chain, 'waiting', slot)
    if not number then return end
    local line = get_line(chain, number)
    if not fits(pool, people_of(line)) then return end
    give_place(request, chain, call, id, due, number, line, changes)
  end
end

-- Gives the places that were offered once more, as if they had become free now.
local function offer_anew(request, chain, call, id, due, changes)
  for _, number in ipairs(redis.call('ZRANGE', chain.offered, 0, -1)) do
    redis.call('ZREM', due, offer_item(id, number))
    give_place(request, chain, call, id, due, number, get_line(chain, number), changes)
  end
end

-- Lines in front of a number, of those that wait for its slot.
local function ahead_of(chain, slot, number)
  return digits(redis.call('ZCOUNT', chain.waiting, score(slot, 0), '(' .. score(slot, number)))
end

-- Who may change a line: he whose it is, he who put it there, and the author of the call.
local function may_change(request, call, line)
  return line.person == request.person or line.by == request.person or call.author == request.person
end

-- The live line meant: by its number, or (number 0) the asker's own of that slot. Its number and itself, or nil and why
-- there is none: NOT_FOUND person (no line of his) or number.
local function find_live_line(request, chain, number, slot)
  if number == '0' then number = redis.call('HGET', chain.live, live_field(request.person, tonumber(slot))) end
  if not number then return nil, refuse('NOT_FOUND', 'person') end
  local line = get_line(chain, number)
  if not line or not is_live(line) then return nil, refuse('NOT_FOUND', 'number') end
  return number, line
end

-- Whether it frees a place so late that the author must know.
local function is_late(request, call, pool)
  local starts = pool.starts or 0
  if starts == 0 then return request.now > call.deadline end
  return request.now > starts - LATE_MS
end

-- Lines of a closed call whose persons were erased (erase.lua): `gone` of its record, their numbers with blanks before
-- them. They are struck if it is opened again, and nobody has come by them.

local function keep_gone(chain, number)
  local gone = redis.call('HGET', chain.call, 'gone') or ''
  if string.find(gone .. ' ', ' ' .. number .. ' ', 1, true) then return end
  redis.call('HSET', chain.call, 'gone', gone .. ' ' .. number)
end

-- Strikes a live line, and gives its place to the first in line. Whether it was late.
local function strike(request, chain, call, id, due, number, line, changes)
  local slot, counted = slot_of(line), counts(line)
  if line.by ~= '' then redis.call('HINCRBY', chain.live, 'by ' .. line.by, -1) end
  if line.state == 'offered' then redis.call('ZREM', due, offer_item(id, number)) end
  turn(chain, call, number, line, 'struck')
  changes[#changes + 1] = told(number, line)
  promote(request, chain, call, id, due, slot, changes)
  return counted and is_late(request, call, pool_of(chain, call, slot))
end

local function strike_gone(request, chain, call, id, due, changes)
  for number in string.gmatch(redis.call('HGET', chain.call, 'gone') or '', '%d+') do
    local line = get_line(chain, number)
    if awaits(line) then strike(request, chain, call, id, due, number, line, changes) end
  end
  redis.call('HDEL', chain.call, 'gone')
end
