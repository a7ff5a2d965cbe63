-- wechat.lua: WeChat's access token, one for all hubs, and who may renew it.
--
-- wechat:token of partition 0   appid; token (sealed by the hub), expires (ms); leased (ms): until then one hub
--                               asks WeChat, and the others wait. Gone when the token ends, or the lease
--                               without one.

-- wechat_take: the token, and whether the asker is the one to renew it: there is none of this appid, or it ends by
-- `due`, or exactly at `stale` (WeChat has refused that one), and nobody else has the lease. The lease goes by Redis'
-- clock.
-- KEYS wechat:token. ARGV appid, due (ms), stale (ms; 0: none), how long a lease is (ms).
-- Answers OK {} token expires leased, where 'leased' is 1 or 0; no token: '' and 0.
redis.register_function('wechat_take', function(keys, args)
  local appid, token, expires, leased = unpack(redis.call('HMGET', keys[1], 'appid', 'token', 'expires', 'leased'))
  local at = now()
  if appid ~= args[1] or not token or tonumber(expires) <= at then token, expires = '', '0' end
  local is_due = tonumber(expires) <= tonumber(args[2]) or expires == args[3]
  if not is_due or (leased and tonumber(leased) > at) then return {'OK', {}, token, expires, '0'} end
  redis.call('HSET', keys[1], 'leased', digits(at + args[4]))
  if token == '' then redis.call('PEXPIRE', keys[1], args[4]) end
  return {'OK', {}, token, expires, '1'}
end)

-- wechat_put: what the one with the lease has got, which ends it; an empty token: nothing, the old one stays.
-- KEYS wechat:token. ARGV appid, token (sealed), expires (ms). Answers OK {}.
redis.register_function('wechat_put', function(keys, args)
  redis.call('HDEL', keys[1], 'leased')
  if args[2] ~= '' then
    redis.call('HSET', keys[1], 'appid', args[1], 'token', args[2], 'expires', args[3])
    redis.call('PEXPIREAT', keys[1], args[3])
  end
  return {'OK', {}}
end)
