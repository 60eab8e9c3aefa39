-- follow_up_done: the visit was made, or it was decided that there will be none.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] category
-- ARGV[4] who records it
-- ARGV[5] when it happened
-- ARGV[6] how: one of FollowUpEnds
-- ARGV[7] how long it is kept, ms
-- Returns ok, first 0|1, the follow-up's fields and values; or nofollowup
local f = load(P .. 'followup:' .. ARGV[2] .. '/' .. ARGV[3])
if not f then return {'nofollowup'} end
local first = end_follow_up(f, ARGV[4], ARGV[5], ARGV[6], ARGV[7], tonumber(ARGV[1]))
return {'ok', first, redis.call('HGETALL', f._key)}
