-- note_plan: a plan version is in force.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] version
-- Returns ok, first 0|1
local key = P .. 'noted'
if num(redis.call('GET', key)) >= num(ARGV[2]) then return {'ok', 0} end
redis.call('SET', key, ARGV[2])
note(tonumber(ARGV[1]), 'plan', {'v', ARGV[2]})
return {'ok', 1}
