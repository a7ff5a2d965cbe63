-- export.lua: what is held of a person.

-- How it stands with his registration, as the proto numbers it, and place, work, kind and since when; as it is or as it
-- is asked for. Whom he asks to be, and where that one lives, is not his to be told.
local function read_registration(record)
  if record.place then return '3', record.place, record.work, record.kind, record.registered end
  if record.asked then
    -- as member.lua has it
    local what, place, kind, work, when = string.match(record.asked, '^(%a+)\t(%d*)\t(%a*)\t(%d*)\t(%d+)\t')
    if what == 'register' then return '2', place, work, kind, when end
    return '2', nil, nil, nil, when
  end
  return record.refused and '4' or '1'
end

-- person_export: what is held of a person in his partition, but for his devices (device_list) and his lines.
-- KEYS person, factor, tellable. ARGV person.
-- Answers OK {} account registration refused phone sealed. The first two are columns with tabs between them: the kind
-- of his identity, created, consent, consented, minutes, 1 if there is a second factor, messages; and the state (as
-- above), place, work, kind, since, name, organisation. '' for what there is not. Or NOT_FOUND person: erased, another
-- by now, or never there.
redis.register_function{
  function_name = 'person_export',
  flags = {'no-writes'},
  callback = function(keys, args)
    if not is_there(keys[1]) then return refuse('NOT_FOUND', 'person') end
    local record, all = {}, redis.call('HGETALL', keys[1])
    for i = 1, #all, 2 do record[all[i]] = all[i + 1] end

    local state, place, work, kind, since = read_registration(record)
    local factor = redis.call('HGET', keys[2], 'state') == 'active' and '1' or ''
    local account = {string.match(record.identity, '^[^:]*'), record.created or '', record.consent or '',
      record.consented or '', record.minutes or '', factor, redis.call('HGET', keys[3], args[1]) or ''}
    local registration = {state, place or '', work or '', kind or '', since or '', record.name or '',
      record.organisation or ''}
    return {'OK', {}, table.concat(account, '\t'), table.concat(registration, '\t'), record.refused or '',
      record.phone or '', record.sealed or ''}
  end,
}
