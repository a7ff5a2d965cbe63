-- data.lua: the layout of the data itself.

-- data_open: the first thing a hub asks of a partition. Marks a fresh one, or one that was emptied under a running
-- hub, with the layout, the number of partitions and the epoch; answers what it is marked with, for the hub to compare.
-- KEYS meta. ARGV layout, partitions, an epoch in case there is none.
-- Answers OK {} layout partitions epoch seq.
local function data_open(keys, args)
  local meta = keys[1]
  if redis.call('HEXISTS', meta, 'layout') == 0 then
    redis.call('HSET', meta, 'layout', args[1], 'partitions', args[2], 'epoch', args[3])
    redis.call('HSETNX', meta, 'seq', '0')
    redis.call('HSETNX', meta, 'ids', '0')
  end
  return {'OK', {}, unpack(redis.call('HMGET', meta, 'layout', 'partitions', 'epoch', 'seq'))}
end

redis.register_function('data_open', data_open)

-- data_id: a number for a new record of this partition. One asked for and not used is never missed.
-- KEYS meta. Answers OK {} number.
redis.register_function('data_id', function(keys)
  return {'OK', {}, digits(redis.call('HINCRBY', keys[1], 'ids', 1))}
end)

-- data_key: by what to tell under which key phones are sealed here; set to what is offered, if anything is, where
-- nothing stands yet.
-- KEYS meta. ARGV the check offered, or nothing. Answers OK {} the one there is, or nothing.
redis.register_function('data_key', function(keys, args)
  if args[1] ~= '' then redis.call('HSETNX', keys[1], 'key', args[1]) end
  return {'OK', {}, redis.call('HGET', keys[1], 'key') or ''}
end)

-- data_secret: what all hubs share, made of the one offered if there is none yet.
-- KEYS meta. ARGV the one offered. Answers OK {} secret.
redis.register_function('data_secret', function(keys, args)
  redis.call('HSETNX', keys[1], 'secret', args[1])
  return {'OK', {}, redis.call('HGET', keys[1], 'secret')}
end)
