-- unreached: callers whom nobody reached in time from their first try.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] how many at most
-- ARGV[3] the time, ms
-- Returns ok, how many were looked at
local now = tonumber(ARGV[1])
local indexes = redis.call('ZRANGEBYSCORE', P .. 'unreached', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, index in ipairs(indexes) do
  redis.call('ZREM', P .. 'unreached', index)
  local again = load(P .. 'redial:' .. index)
  if again and num(again.f) > 0 and (again.mi or '') == '' then
    put(again, 'mi', 1)
    save(again)
    note(now, 'unreached', {'c', again.c, 'l', again.l, 'tm', again.tm, 'cl', again.cl,
      'w', ARGV[3], 'fm', now - num(again.f), 'rd', num(again.n) - 1})
  end
end
return {'ok', #indexes}
