-- follow_up_reviewed: somebody has said why a follow-up was late.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] category
-- ARGV[4] who reviewed it
-- ARGV[5] reason
-- ARGV[6] how long it is kept, ms
-- Returns ok, first 0|1; or nofollowup
local now, id, keep = tonumber(ARGV[1]), ARGV[2] .. '/' .. ARGV[3], tonumber(ARGV[6])
local key = P .. 'followup:' .. id
local f = load(key)
if not f or not f.mi then return {'nofollowup'} end
if f.why then return {'ok', 0} end
put(f, 'why', ARGV[5])
put(f, 'rby', ARGV[4])
put(f, 'rv', now)
save(f)
redis.call('ZREM', P .. 'follow_review', id)
redis.call('ZADD', P .. 'follow_reviewed', now, id)
redis.call('ZREMRANGEBYSCORE', P .. 'follow_reviewed', '-inf', now - keep)
note(now, 'follow_up_reviewed', about_follow_up(f, ARGV[4], now), {'why', ARGV[5]})
if f.dn then redis.call('PEXPIRE', key, keep) end
return {'ok', 1}
