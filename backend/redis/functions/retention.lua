-- retention.lua: names go when a call has ended long ago; figures stay.
--
-- call       hash: forgotten (when): the names, remarks and answers of its lines are gone, and it is not opened again
-- meta       hash: keep_names (days) as a hub has it, for who looks at what is kept
--
-- A call has ended when it was closed or cancelled; one that nobody closed, when its deadline has passed and it was
-- over. Lines keep the mark that they had texts.

-- When a call ended, or (for one that is open) will be taken to have.
local function ended_at(state, closed, deadline, ends)
  if state == 'open' then return math.max(tonumber(deadline) or 0, tonumber(ends) or 0) end
  return tonumber(closed) or tonumber(deadline) or 0
end

-- retention_list: which calls are to be forgotten, of some of all.
-- KEYS the records of the calls looked at. ARGV ended before (ms), their ids.
-- Answers OK {} ids, with blanks between them.
redis.register_function{
  function_name = 'retention_list',
  flags = {'no-writes'},
  callback = function(keys, args)
    local due = {}
    for i = 1, #keys do
      local state, closed, deadline, ends, forgotten, importing = unpack(
        redis.call('HMGET', keys[i], 'state', 'closed', 'deadline', 'ends', 'forgotten', 'importing'))
      if state and not forgotten and not importing and ended_at(state, closed, deadline, ends) < tonumber(args[1]) then
        due[#due + 1] = args[i + 1]
      end
    end
    return {'OK', {}, table.concat(due, ' ')}
  end,
}

-- retention_calls: some of the calls posted before. KEYS calls. ARGV before (ms), how many to leave out, how many.
-- Answers OK {} ids, with blanks between them.
redis.register_function{
  function_name = 'retention_calls',
  flags = {'no-writes'},
  callback = function(keys, args)
    local ids = redis.call('ZRANGEBYSCORE', keys[1], '-inf', args[1], 'LIMIT', args[2], args[3])
    return {'OK', {}, table.concat(ids, ' ')}
  end,
}

-- retention_forget: forgets the names of a call, if it ended before; one that is open still is closed.
-- KEYS meta, log, call, texts, open, due. ARGV call, ended before (ms).
-- Answers OK, with an event if it was open.
local function retention_forget(keys, args)
  local request = {meta = keys[1], log = keys[2], now = now()}
  local call, texts, open, due, id = keys[3], keys[4], keys[5], keys[6], args[1]
  local state, closed, deadline, ends, forgotten, importing = unpack(
    redis.call('HMGET', call, 'state', 'closed', 'deadline', 'ends', 'forgotten', 'importing'))
  if not state or forgotten or importing then return {'OK', {}} end
  if ended_at(state, closed, deadline, ends) >= tonumber(args[2]) then return {'OK', {}} end

  redis.call('HSET', call, 'forgotten', digits(request.now))
  redis.call('HINCRBY', call, 'version', 1)
  redis.call('UNLINK', texts)
  redis.call('HSET', request.meta, 'forgot', digits(request.now))
  if state ~= 'open' then return {'OK', {}} end
  redis.call('HSET', call, 'state', 'closed', 'closed', digits(request.now))
  redis.call('HINCRBY', call, 'edition', 1)
  redis.call('SREM', open, id)
  redis.call('ZREM', due, 'deadline ' .. id)
  return {'OK', append(request, {'call', 'call', id, 'changed', 'state'})}
end

redis.register_function('retention_forget', retention_forget)

-- retention_note: how long names are kept. KEYS meta. ARGV days. Answers OK {}.
redis.register_function('retention_note', function(keys, args)
  redis.call('HSET', keys[1], 'keep_names', args[1])
  return {'OK', {}}
end)
