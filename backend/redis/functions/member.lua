-- member.lua: who lives where, and who asks to.
--
-- person   hash: while he is registered place, name, organisation, kind (member, volunteer), work (where he works
--          too, if he says so), registered (when). While he waits for somebody to decide: asked,
--          "what<tab>place<tab>kind<tab>work<tab>when<tab>other<tab>phone", in which what is `register`, or, of who is
--          registered, `move` or `work` (to live or to work there), or `rebind` (to be the other person, who has the
--          phone of that hash), and place where he waits. Who asks for another thing waits for that alone. Refused:
--          refused, the reason, until he asks again. The name stays when he leaves, for his lines
-- persons  set of the ids of all registered
-- pending  sorted set, all of one score, of "place person": who waits where, in the partition of the place. What the
--          person's own record does not say is left from something that was not finished, and of no account

local function member_event(person, place)
  return {'member', 'person', person, 'place', place}
end

-- what, place, kind, work, when, other, phone
local function read_asked(asked)
  return string.match(asked, '^(%a+)\t(%d*)\t(%a*)\t(%d*)\t(%d+)\t([^\t]*)\t(%x*)$')
end

-- Lets him wait for that, and for nothing else any more.
local function ask_for(request, person, what, place, kind, work, other, phone)
  local asked = {what, place, kind, work, digits(request.now), other, phone}
  redis.call('HSET', person, 'asked', table.concat(asked, '\t'))
  redis.call('HDEL', person, 'refused')
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

  local before = waits_at(person)
  redis.call('HSET', person, 'name', name, 'organisation', organisation)
  if waits == '1' then
    ask_for(request, person, 'register', place, kind, work, '', '')
    return commit(request, nil, 'pending', before)
  end
  make_member(request, person, persons, request.person, place, kind, work)
  return commit(request, member_event(request.person, place), 'registered', before)
end

redis.register_function('member_register', member_register)

-- member_move: to another place, to live or to work there; or, if he has to wait, that he asks for it, and stays where
-- he is until then. To where he is already takes back what he asked for; ALREADY
-- if there is nothing to take back.
-- KEYS … person, audit. ARGV … place (empty: nowhere, of work alone), 1 if it is where he works, 1 if he has to wait,
-- from, why.
-- Answers OK state (moved, pending), and the place where he waited until now, if he did.
local function member_move(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, place, waits = keys[KEY + 1], args[ARG + 1], args[ARG + 3] == '1'
  local field = args[ARG + 2] == '1' and 'work' or 'place'
  local lives = redis.call('HGET', person, 'place')
  if not lives then return refuse('NOT_FOUND', 'person') end
  local stays, before = (redis.call('HGET', person, field) or '') == place, waits_at(person)
  if stays and not before then return refuse('ALREADY', 'place') end

  if waits and not stays then
    ask_for(request, person, field == 'work' and 'work' or 'move', place, '', '', '', '')
    return commit(request, nil, 'pending', before)
  end
  if place == '' then redis.call('HDEL', person, field) else redis.call('HSET', person, field, place) end
  redis.call('HDEL', person, 'asked', 'refused')
  audit(request, keys, args, 'member_move', request.person, field .. '=' .. place)
  return commit(request, member_event(request.person, field == 'place' and place or lives), 'moved', before)
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
-- KEYS … person, persons. Answers OK, and the place where he waited until now, if he did.
local function member_leave(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons = keys[KEY + 1], keys[KEY + 2]
  if redis.call('HEXISTS', person, 'place') == 0 then return refuse('NOT_FOUND', 'person') end

  local before = waits_at(person)
  redis.call('HDEL', person, 'place', 'work', 'kind', 'registered', 'asked', 'refused')
  redis.call('SREM', persons, request.person)
  return commit(request, member_event(request.person, ''), before)
end

redis.register_function('member_leave', member_leave)

-- rebind_ask: somebody who is registered nowhere says that he is that other, who is registered there and has that
-- phone.
-- KEYS … person. ARGV … the other, his place, the hash of his phone.
-- Answers OK 'asked' place, and the place where he waited until now, if he did.
local function rebind_ask(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, other, place, phone = keys[KEY + 1], unpack(args, ARG + 1, ARG + 3)
  if not is_there(person) then return refuse('NOT_FOUND', 'person') end
  if redis.call('HEXISTS', person, 'place') == 1 then return refuse('ALREADY', 'phone') end

  local before = waits_at(person)
  ask_for(request, person, 'rebind', place, '', '', other, phone)
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

-- pending_decide: lets him have what he asked for, or refuses it. To let him be another is person_rebind. Where he
-- works is for somebody there to say: whom this one lets register waits there next, unless it is this one's to say.
-- KEYS … person, persons, audit. ARGV … person, the place where he waits, what was decided about (what, when it was
-- asked), 1 to accept, the reason, 1 if the place of work is accepted with it, from, why.
-- Answers OK, and the place where he waits next, if he does; or NOT_FOUND person if he does not wait there, CHANGED
-- person if he waits for something else.
local function pending_decide(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local person, persons = keys[KEY + 1], keys[KEY + 2]
  local id, at, decided, decided_ms, accept, reason, with_work = unpack(args, ARG + 1, ARG + 7)
  local asked, lives = unpack(redis.call('HMGET', person, 'asked', 'place'))
  local what, place, kind, work, when = read_asked(asked or '')
  if place ~= at then return refuse('NOT_FOUND', 'person') end
  if what ~= decided or when ~= decided_ms or (accept == '1' and what == 'rebind') then
    return refuse('CHANGED', 'person')
  end

  audit(request, keys, args, 'pending_decide', id, 'place=' .. place .. ' what=' .. what .. ' accepted=' ..
    (accept == '1' and '1' or '0'))
  if accept ~= '1' then
    redis.call('HDEL', person, 'asked')
    redis.call('HSET', person, 'refused', reason)
    return commit(request)
  end
  if what == 'register' then
    local waits = work ~= '' and with_work ~= '1'
    make_member(request, person, persons, id, place, kind, waits and '' or work)
    if waits then ask_for(request, person, 'work', work, '', '', '', '') end
    return commit(request, member_event(id, place), waits and work or nil)
  end
  redis.call('HSET', person, what == 'work' and 'work' or 'place', place)
  redis.call('HDEL', person, 'asked', 'refused')
  return commit(request, member_event(id, what == 'work' and lives or place))
end

redis.register_function('pending_decide', pending_decide)
