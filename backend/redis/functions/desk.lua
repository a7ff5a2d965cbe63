-- desk.lua: desks that somebody is to be let in at from his phone.
--
-- desk:HASH  hash: device (its name), address, number (to be compared), until, secret; state: open, accepted or
--            denied, and then person, passed (1 if he has shown a second factor); gone when it is claimed or its
--            time is over
--
-- HASH is of the ticket that the desk shows to all who see it, and `secret` of what it shows nobody, without which it
-- is not let in. Neither stands anywhere itself. It stands in the partition of HASH.

-- desk_open: KEYS desk. ARGV device, address, number, how long it is good (ms), the secret's hash.
-- Answers OK {} until.
local function desk_open(keys, args)
  local device, address, number, life_ms, secret = unpack(args, 1, 5)
  local till = digits(now() + tonumber(life_ms))
  redis.call('HSET', keys[1], 'state', 'open', 'device', device, 'address', address, 'number', number, 'until', till,
    'secret', secret)
  redis.call('PEXPIREAT', keys[1], till)
  return {'OK', {}, till}
end

redis.register_function('desk_open', desk_open)

-- desk_show: what it lets in. KEYS desk. Answers OK {} device address number until, or NOT_FOUND ticket.
redis.register_function{
  function_name = 'desk_show',
  flags = {'no-writes'},
  callback = function(keys)
    local state, device, address, number, till =
      unpack(redis.call('HMGET', keys[1], 'state', 'device', 'address', 'number', 'until'))
    if state ~= 'open' then return refuse('NOT_FOUND', 'ticket') end
    return {'OK', {}, device, address, number, till}
  end,
}

-- desk_confirm: it is let in as who asks, or not; the event wakes the hub at which it waits.
-- KEYS … desk, audit. ARGV … the ticket's hash, number, 1 to let in or '', 1 if a second factor was shown or ''; from,
-- why.
-- Answers OK; OK 'wrong': the number is another desk's, and nobody lets this one in any more, for there are but ninety
-- to try; NOT_FOUND ticket, ALREADY ticket.
local function desk_confirm(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local desk = keys[KEY + 1]
  local ticket, number, accept, passed = unpack(args, ARG + 1, ARG + 4)
  local state, shown = unpack(redis.call('HMGET', desk, 'state', 'number'))
  if not state then return refuse('NOT_FOUND', 'ticket') end
  if state ~= 'open' then return refuse('ALREADY', 'ticket') end

  local wrong = accept == '1' and number ~= shown
  local decided = accept == '1' and not wrong and 'accepted' or 'denied'
  redis.call('HSET', desk, 'state', decided, 'person', request.person, 'passed', passed)
  audit(request, keys, args, 'desk', request.person, decided .. (wrong and ' wrong=1' or ''))
  return commit(request, {'desk', 'ticket', ticket}, wrong and 'wrong' or nil)
end

redis.register_function('desk_confirm', desk_confirm)

-- desk_claim: the desk asks whether it is let in; once that is decided, only one is told. KEYS desk. ARGV the secret's
-- hash. Answers OK {} state person passed device, or NOT_FOUND ticket: there is none, or it is another's.
local function desk_claim(keys, args)
  local state, person, passed, device, secret =
    unpack(redis.call('HMGET', keys[1], 'state', 'person', 'passed', 'device', 'secret'))
  if not state or secret ~= args[1] then return refuse('NOT_FOUND', 'ticket') end
  if state ~= 'open' then redis.call('DEL', keys[1]) end
  return {'OK', {}, state, person or '', passed or '', device}
end

redis.register_function('desk_claim', desk_claim)
