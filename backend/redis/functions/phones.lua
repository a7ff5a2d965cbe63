-- phones.lua: whom one may want to phone about a call.

-- chain_persons: those who have a line that is not struck, page by page, and until when that is anybody's business.
-- KEYS call, lines. ARGV the number behind which to begin, lines at most.
-- Answers OK {} place, when the call ended (0: it runs), "number person" of each with newlines between them, with " for"
-- behind who was signed up by another; the number to go on behind (0: that was all); or NOT_FOUND call.
redis.register_function{
  function_name = 'chain_persons',
  flags = {'no-writes'},
  callback = function(keys, args)
    local state, place, closed, last = unpack(redis.call('HMGET', keys[1], 'state', 'place', 'closed', 'lines'))
    if not state then return refuse('NOT_FOUND', 'call') end
    local after, most, numbers, rows = tonumber(args[1]), tonumber(args[2]), {}, {}
    last = tonumber(last)
    for number = after + 1, math.min(after + most, last) do numbers[#numbers + 1] = digits(number) end
    if #numbers > 0 then
      for i, text in ipairs(redis.call('HMGET', keys[2], unpack(numbers))) do
        local line = text and unpack_line(text)
        if line and is_live(line) and line.person ~= '' then
          rows[#rows + 1] = numbers[i] .. ' ' .. line.person .. (line.by ~= '' and ' for' or '')
        end
      end
    end
    local next_number = after + most < last and after + most or 0
    return {'OK', {}, place, state == 'open' and '0' or closed or '0', table.concat(rows, '\n'), digits(next_number)}
  end,
}
