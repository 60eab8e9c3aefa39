-- sweep: takes deadlines that have passed, for the length of a lease.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] how many at most
-- ARGV[3] lease, ms
-- Returns ok, then for each "kind:id" and when it was due
local key = P .. 'due'
local passed = redis.call('ZRANGEBYSCORE', key, '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local answer, again = {'ok'}, tonumber(ARGV[1]) + tonumber(ARGV[3])
for i = 1, #passed do
  answer[i + 1] = passed[i]
  if i % 2 == 1 then redis.call('ZADD', key, again, passed[i]) end
end
return answer
