-- member.lua: who lives where, and who asks to.
--
-- person   hash: while he is registered place, name, organisation, kind (member, volunteer), work (where he works
--          too, if he says so), registered (when). While he waits for somebody to decide: asked,
--          "what<tab>place<tab>kind<tab>work<tab>when<tab>other", in which what is `register`, or `rebind` (to be the
--          other person), and place where he waits. Refused: refused, the reason, until he asks again. The name stays
--          when he leaves, for his lines
-- persons  set of the ids of all registered
-- pending  sorted set, all of one score, of "place person": who waits where, in the partition of the place. What the
--          person's own record does not say is left from something that was not finished, and of no account

local function member_event(person, place)
  return {'member', 'person', person, 'place', place}
end

-- what, place, kind, work, when, other
local function read_asked(asked)
  return string.match(asked, '^(%a+)\t(%d*)\t(%a*)\t(%d*)\t(%d+)\t(.*)$')
end

local function make_member(request, person, persons, id, place, kind, work)
  redis.call('HSET', person, 'place', place, 'kind', kind, 'registered', digits(request.now))
  if work ~= '' then redis.call('HSET', person, 'work', work) end
  redis.call('HDEL', person, 'asked', 'refused')
  redis.call('SADD', persons, id)
end

-- member_register: where the person lives, and his name; or, if he has to wait, that he asks for it. ALREADY if he is
-- registered: moving is another thing.
-- KEYS … person, persons. ARGV … place, name, organisation, kind, work, 1 if he has to wait.
-- Answers OK state (registered, pending), and the place where he waited until now, if he did.
local function member_register(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons = keys[KEY + 1], keys[KEY + 2]
  local place, name, organisation, kind, work, waits = unpack(args, ARG + 1, ARG + 6)
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end
  if redis.call('HEXISTS', person, 'place') == 1 then return refuse('ALREADY', 'place') end

  local asked = redis.call('HGET', person, 'asked')
  local before = asked and select(2, read_asked(asked)) or nil
  redis.call('HSET', person, 'name', name, 'organisation', organisation)
  if waits == '1' then
    redis.call('HSET', person, 'asked', table.concat({'register', place, kind, work, digits(request.now), ''}, '\t'))
    redis.call('HDEL', person, 'refused')
    return commit(request, nil, 'pending', before)
  end
  make_member(request, person, persons, request.person, place, kind, work)
  return commit(request, member_event(request.person, place), 'registered', before)
end

redis.register_function('member_register', member_register)

-- member_move: to another place, to live or to work there. ALREADY if he does.
-- KEYS … person. ARGV … place (empty: nowhere, of work alone), 1 if it is where he works. Answers OK.
local function member_move(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, place, field = keys[KEY + 1], args[ARG + 1], args[ARG + 2] == '1' and 'work' or 'place'
  local lives = redis.call('HGET', person, 'place')
  if not lives then return refuse('NOT_FOUND', 'person') end
  if (redis.call('HGET', person, field) or '') == place then return refuse('ALREADY', 'place') end

  if place == '' then redis.call('HDEL', person, field) else redis.call('HSET', person, field, place) end
  return commit(request, member_event(request.person, field == 'place' and place or lives))
end

redis.register_function('member_move', member_move)

-- member_correct: another name and organisation for who is registered, or waits to be.
-- KEYS … person, audit. ARGV … name, organisation, from, why. Answers OK.
local function member_correct(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, name, organisation = keys[KEY + 1], args[ARG + 1], args[ARG + 2]
  local place, asked = unpack(redis.call('HMGET', person, 'place', 'asked'))
  if not place and not asked then return refuse('NOT_FOUND', 'person') end

  redis.call('HSET', person, 'name', name, 'organisation', organisation)
  audit(request, keys, args, 'person_correct', request.person, '')
  return commit(request, place and member_event(request.person, place) or nil)
end

redis.register_function('member_correct', member_correct)

-- member_leave: registered nowhere any more. Lines in chains stay as they are.
-- KEYS … person, persons. Answers OK.
local function member_leave(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons = keys[KEY + 1], keys[KEY + 2]
  if redis.call('HEXISTS', person, 'place') == 0 then return refuse('NOT_FOUND', 'person') end

  redis.call('HDEL', person, 'place', 'work', 'kind', 'registered')
  redis.call('SREM', persons, request.person)
  return commit(request, member_event(request.person, ''))
end

redis.register_function('member_leave', member_leave)

-- rebind_ask: somebody who is registered nowhere says that he is that other, who is registered there.
-- KEYS … person. ARGV … the other, his place.
-- Answers OK 'asked' place, and the place where he waited until now, if he did.
local function rebind_ask(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, other, place = keys[KEY + 1], args[ARG + 1], args[ARG + 2]
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end
  if redis.call('HEXISTS', person, 'place') == 1 then return refuse('ALREADY', 'phone') end

  local asked = redis.call('HGET', person, 'asked')
  local before = asked and select(2, read_asked(asked)) or nil
  redis.call('HSET', person, 'asked', table.concat({'rebind', place, '', '', digits(request.now), other}, '\t'))
  redis.call('HDEL', person, 'refused')
  return commit(request, nil, 'asked', place, before)
end

redis.register_function('rebind_ask', rebind_ask)

-- pending_mark: that somebody waits at a place, or does not any more; twice is once.
-- KEYS pending. ARGV place, person, 1 or ''.
-- Answers OK {}.
redis.register_function('pending_mark', function(keys, args)
  local item = args[1] .. ' ' .. args[2]
  if args[3] == '1' then redis.call('ZADD', keys[1], 0, item) else redis.call('ZREM', keys[1], item) end
  return {'OK', {}}
end)

-- pending_list: who waits at a place and under it.
-- KEYS pending. ARGV place, the item behind which or '', how many.
-- Answers OK {} the items, with newlines between them.
redis.register_function{
  function_name = 'pending_list',
  flags = {'no-writes'},
  callback = function(keys, args)
    local place, after, limit = args[1], args[2], args[3]
    local from = after ~= '' and '(' .. after or '[' .. place
    local items = redis.call('ZRANGEBYLEX', keys[1], from, '(' .. place .. ':', 'LIMIT', 0, limit)
    return {'OK', {}, table.concat(items, '\n')}
  end,
}

-- pending_decide: registers who asked for it, or refuses what he asked for. To let him be another is person_rebind.
-- KEYS … person, persons, audit. ARGV … person, the place where he waits, 1 to accept, the reason, from, why.
-- Answers OK, or NOT_FOUND person if he does not wait there.
local function pending_decide(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons = keys[KEY + 1], keys[KEY + 2]
  local id, at, accept, reason = unpack(args, ARG + 1, ARG + 4)
  local asked = redis.call('HGET', person, 'asked')
  local what, place, kind, work = read_asked(asked or '')
  if place ~= at or (accept == '1' and what ~= 'register') then return refuse('NOT_FOUND', 'person') end

  audit(request, keys, args, 'pending_decide', id, 'place=' .. place .. ' what=' .. what .. ' accepted=' ..
    (accept == '1' and '1' or '0'))
  if accept ~= '1' then
    redis.call('HDEL', person, 'asked')
    redis.call('HSET', person, 'refused', reason)
    return commit(request)
  end
  make_member(request, person, persons, id, place, kind, work)
  return commit(request, member_event(id, place))
end

redis.register_function('pending_decide', pending_decide)
