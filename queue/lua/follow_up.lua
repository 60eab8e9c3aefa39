-- follow_up: somebody was promised something after a call, and its clock runs.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] category
-- ARGV[4] who records it
-- ARGV[5] when its clock started
-- ARGV[6] when it is due
-- ARGV[7] team; '' the call's
-- Returns ok, first 0|1, the follow-up's fields and values
local now, id = tonumber(ARGV[1]), ARGV[2] .. '/' .. ARGV[3]
local key = P .. 'followup:' .. id
if redis.call('EXISTS', key) == 1 then return {'ok', 0, redis.call('HGETALL', key)} end
local c = load_call(ARGV[2]) or {}
local team = ARGV[7] ~= '' and ARGV[7] or c.tm or ''
redis.call('HSET', key, 'c', ARGV[2], 'ct', ARGV[3], 'by', ARGV[4], 'st', ARGV[5], 'du', ARGV[6],
  'tm', team, 'l', c.ln or '', 'cl', c.cl or '')
redis.call('ZADD', P .. 'follow_due', ARGV[6], id)
local f = load(key)
note(now, 'follow_up', about_follow_up(f, ARGV[4]), {'w', now - num(f.st)})
return {'ok', 1, redis.call('HGETALL', key)}
