-- place.lua: the places of a partition, one hash of code → name.

-- place_import: adds and renames. One event for all that changed, none if nothing did.
-- KEYS … places. ARGV … the place that covers them all, then code, name, code, name …
-- Answers OK added changed unchanged.
local function place_import(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end

  local places, under = keys[KEY + 1], args[ARG + 1]
  local codes = {}
  for i = ARG + 2, #args, 2 do codes[#codes + 1] = args[i] end
  local names = {} -- as they stand, and as this batch leaves them: a code may come twice
  for i, name in ipairs(redis.call('HMGET', places, unpack(codes))) do names[codes[i]] = name end
  local write, heard, added, changed = {}, {}, 0, 0
  for i, code in ipairs(codes) do
    local name = args[ARG + 2 * i + 1]
    if names[code] ~= name then
      if names[code] then changed = changed + 1 else added = added + 1 end
      names[code] = name
      write[#write + 1] = code
      write[#write + 1] = name
      heard[#heard + 1] = code
    end
  end

  local event
  if #write > 0 then
    redis.call('HSET', places, unpack(write))
    event = {'places', 'under', under, 'codes', table.concat(heard, ',')}
  end
  return commit(request, event, digits(added), digits(changed), digits(#codes - added - changed))
end

redis.register_function('place_import', place_import)
