-- import.lua: the chains of calls that come from another system, as they are; call.lua begins and ends such a call.

-- What of a line breaks a rule that every chain keeps, after the lines of this page in front of it: they are counted in
-- `pools`, and `live` has their persons.
local function flaw_of(chain, call, line, pools, live)
  local slot = slot_of(line)
  if slot > call.slots or (slot == 0 and call.slots > 0) then return 'slot' end
  if not covers(call.place, line.place) then return 'place' end
  if not is_live(line) then return line.state ~= 'struck' and 'state' or nil end
  local field = line.person ~= '' and live_field(line.person, slot)
  if field and (live[field] or redis.call('HEXISTS', chain.live, field) == 1) then return 'person' end
  if field then live[field] = true end
  local pool = pools[slot]
  if not pool then
    local from = pool_of(chain, call, slot)
    pool = {limit = from.limit, confirmed = from.confirmed, queued = first_number(chain, 'waiting', slot)}
    pools[slot] = pool
  end
  local room = fits(pool, people_of(line)) and not pool.queued
  if counts(line) ~= room then return 'state' end
  if counts(line) then pool.confirmed = pool.confirmed + people_of(line) else pool.queued = true end
end

-- import_lines: the next lines of a call that was begun, as they are but for offers, which are confirmed.
-- KEYS meta, log, then the chain's. ARGV id, the number of the first, then for each: its columns with tabs between
-- them, texts (name, remark, answers with tabs between them; '' for none).
-- Answers OK, or refuses: NOT_FOUND, CLOSED (its lines are all there), CHANGED number (another one is next),
-- BAD_REQUEST lines number field (what of it breaks a rule).
local function import_lines(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local chain, id, first = read_chain(keys, 3), args[1], tonumber(args[2])
  local call = read_call(chain)
  if not call then return refuse('NOT_FOUND', 'call') end
  if redis.call('HEXISTS', chain.call, 'importing') == 0 then return refuse('CLOSED', 'call') end
  if call.state ~= 'closed' or first ~= call.lines + 1 then return refuse('CHANGED', 'number') end
  local lines, pools, live = {}, {}, {}
  for at = 3, #args, 2 do
    local line = unpack_line(args[at])
    if line.state == 'offered' then line.state, line.until_ms = 'confirmed', '' end
    line.texts = args[at + 1] ~= '' and '1' or ''
    local flaw = flaw_of(chain, call, line, pools, live)
    if flaw then return refuse('BAD_REQUEST', 'lines', digits(first + #lines), flaw) end
    lines[#lines + 1] = line
  end

  local changes = {}
  for i, line in ipairs(lines) do
    local number, texts = digits(call.lines + 1), args[2 * i + 2]
    call.lines = call.lines + 1
    set_line(chain, number, line)
    if texts ~= '' then redis.call('HSET', chain.texts, number, texts) end
    if is_live(line) then
      if line.person ~= '' then redis.call('HSET', chain.live, live_field(line.person, slot_of(line)), number) end
      if line.by ~= '' then redis.call('HINCRBY', chain.live, 'by ' .. line.by, 1) end
      count(chain, call, number, line, 1)
      if line.present ~= '' then count_present(chain, line, 1) end
    end
    changes[i] = told(number, line)
  end
  write_numbers(chain, call)
  return {'OK', append(request, chain_event(id, changes))}
end

redis.register_function('import_lines', import_lines)
