-- roster.lua: the members as a party office keeps them, before any of them has logged in. An entry is in the partition
-- of the hash of its phone, under that hash, so there is one for a phone and no more.
--
-- roster        hash: hash of the phone → place (may be empty), name, organisation, the phone sealed, when it was
--               added, with tabs between them
-- roster:order  sorted set, all of one score, of "place hash": a range of it is a place and all under it
--
-- Nobody hears of it, so there is no event.

-- place, name, organisation, sealed, added
local function read_entry(value)
  return string.match(value, '^([^\t]*)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(%d+)$')
end

local function in_order(hash, place)
  return place .. ' ' .. hash
end

-- What a row does to what stands: 8 adds it, else the sum of what it changes, name (1), organisation (2), place (4).
local function outcome_of(old, place, name, organisation)
  if not old then return 8 end
  local old_place, old_name, old_organisation = read_entry(old)
  return (old_name ~= name and 1 or 0) + (old_organisation ~= organisation and 2 or 0) + (old_place ~= place and 4 or 0)
end

-- roster_import: adds entries and changes those that are there. A phone that comes twice is changed by the second row.
-- KEYS … roster, order, audit. ARGV … 1 or 0 each: to look only; to keep the organisation that stands; to keep
-- the place. Then the place of whose entries the asker may change (empty: all), and for each row: hash, sealed,
-- place, name, organisation; then from, why.
-- Answers OK outcomes: a digit a row, as outcome_of() has it; 9: it stands at another place, and stays as it is.
local function roster_import(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end

  local roster, order, only_look = keys[KEY + 1], keys[KEY + 2], args[ARG + 1] == '1'
  local keep_organisation, keep_place = args[ARG + 2] == '1', args[ARG + 3] == '1'
  local hashes, stands, outcomes = {}, {}, {}
  local reach, added_count, changed_count = args[ARG + 4], 0, 0
  for i = ARG + 5, #args - 2, 5 do hashes[#hashes + 1] = args[i] end
  for i, value in ipairs(redis.call('HMGET', roster, unpack(hashes))) do stands[hashes[i]] = value end
  for i, hash in ipairs(hashes) do
    local sealed, place, name, organisation = unpack(args, ARG + 5 * i + 1, ARG + 5 * i + 4)
    local old = stands[hash]
    if old then
      local old_place, _, old_organisation = read_entry(old)
      if keep_place then place = old_place end
      if keep_organisation then organisation = old_organisation end
    end
    local is_anothers = old and not covers(reach, (read_entry(old))) and (read_entry(old)) ~= ''
    local outcome = is_anothers and 9 or outcome_of(old, place, name, organisation)
    outcomes[i] = outcome
    if outcome > 0 and outcome < 9 and not only_look then
      local added = digits(request.now)
      if outcome == 8 then added_count = added_count + 1 else changed_count = changed_count + 1 end
      if old then
        local old_place, _, _, old_sealed, old_added = read_entry(old)
        sealed, added = old_sealed, old_added
        redis.call('ZREM', order, in_order(hash, old_place))
      end
      redis.call('ZADD', order, 0, in_order(hash, place))
      stands[hash] = table.concat({place, name, organisation, sealed, added}, '\t')
      redis.call('HSET', roster, hash, stands[hash])
    end
  end
  if only_look then return {'OK', {}, table.concat(outcomes)} end
  if added_count + changed_count > 0 then
    audit(request, keys, args, 'roster_import', reach, 'added=' .. added_count .. ' changed=' .. changed_count)
  end
  return commit(request, nil, table.concat(outcomes))
end

redis.register_function('roster_import', roster_import)

-- roster_remove: takes out an entry of a place, or of one under it; of no other.
-- KEYS … roster, order, audit. ARGV … hash, place (empty: anywhere), from, why. Answers OK.
local function roster_remove(keys, args)
  local request = read_request(keys, args)
  local said = answered(request)
  if said then return said end
  local roster, order, hash = keys[KEY + 1], keys[KEY + 2], args[ARG + 1]
  local old = redis.call('HGET', roster, hash)
  if not old or not covers(args[ARG + 2], (read_entry(old))) then return refuse('NOT_FOUND', 'entry') end

  redis.call('HDEL', roster, hash)
  redis.call('ZREM', order, in_order(hash, (read_entry(old))))
  audit(request, keys, args, 'roster_remove', hash, 'place=' .. (read_entry(old)))
  return commit(request)
end

redis.register_function('roster_remove', roster_remove)

-- roster_list: a page of the entries of a place and all under it, behind one.
-- KEYS roster, order. ARGV place (empty: all), "place hash" of the one to go on behind or nothing, count.
-- Answers OK {} rows: the hash and what stands under it with a tab between them, rows with newlines.
redis.register_function{
  function_name = 'roster_list',
  flags = {'no-writes'},
  callback = function(keys, args)
    local place, after, limit = args[1], args[2], args[3]
    local from = after ~= '' and '(' .. after or '[' .. place
    local to = place == '' and '+' or '(' .. place .. ':' -- behind all digits
    local hashes, rows = {}, {}
    for i, item in ipairs(redis.call('ZRANGEBYLEX', keys[2], from, to, 'LIMIT', 0, limit)) do
      hashes[i] = string.match(item, '%x+$')
    end
    if #hashes > 0 then
      for i, value in ipairs(redis.call('HMGET', keys[1], unpack(hashes))) do rows[i] = hashes[i] .. '\t' .. value end
    end
    return {'OK', {}, table.concat(rows, '\n')}
  end,
}

-- roster_find: the entry of a phone, for whose it is. That it stands in his record is not enough: it may have been taken
-- from him by now.
-- KEYS roster, phones. ARGV hash, person. Answers OK {} place name organisation, or NOT_FOUND.
redis.register_function{
  function_name = 'roster_find',
  flags = {'no-writes'},
  callback = function(keys, args)
    local value = redis.call('HGET', keys[1], args[1])
    if not value or redis.call('HGET', keys[2], args[1]) ~= args[2] then return refuse('NOT_FOUND', 'phone') end
    local place, name, organisation = read_entry(value)
    return {'OK', {}, place, name, organisation}
  end,
}
