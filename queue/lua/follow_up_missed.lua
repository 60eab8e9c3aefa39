-- follow_up_missed: clocks that have run out go to the review list.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] how many at most
-- Returns ok, how many
local now = tonumber(ARGV[1])
local ids = redis.call('ZRANGEBYSCORE', P .. 'follow_due', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do
  local f = load(P .. 'followup:' .. id)
  if f then miss_follow_up(f, id, now) else redis.call('ZREM', P .. 'follow_due', id) end
end
return {'ok', #ids}
