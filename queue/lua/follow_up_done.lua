-- follow_up_done: the visit was made, or it was decided that there will be none.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] category
-- ARGV[4] who records it
-- ARGV[5] when it happened
-- ARGV[6] how: seen | declined | handed_on | not_needed | mistaken
-- ARGV[7] how long it is kept, ms
-- Returns ok, first 0|1, the follow-up's fields and values; or nofollowup
local now, id = tonumber(ARGV[1]), ARGV[2] .. '/' .. ARGV[3]
local key = P .. 'followup:' .. id
local f = load(key)
if not f then return {'nofollowup'} end
if f.dn then return {'ok', 0, redis.call('HGETALL', key)} end
if num(ARGV[5]) > num(f.du) and not f.mi then miss_follow_up(f, id, now) end
put(f, 'dn', ARGV[5])
put(f, 'how', ARGV[6])
put(f, 'dby', ARGV[4])
save(f)
redis.call('ZREM', P .. 'follow_due', id)
redis.call('ZREM', P .. 'follow_late', id)
note(now, 'follow_up_done', about_follow_up(f, ARGV[4]),
  {'w', num(ARGV[5]) - num(f.st), 'why', ARGV[6], 'mi', f.mi or ''})
if not f.mi or f.why then redis.call('PEXPIRE', key, ARGV[7]) end
return {'ok', 1, redis.call('HGETALL', key)}
