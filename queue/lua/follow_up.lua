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
local c = load_call(ARGV[2]) or {}
local f, first = start_follow_up({c = ARGV[2], ct = ARGV[3], by = ARGV[4], st = ARGV[5], du = ARGV[6],
  tm = ARGV[7] ~= '' and ARGV[7] or c.tm, l = c.ln, cl = c.cl}, tonumber(ARGV[1]))
return {'ok', first, redis.call('HGETALL', f._key)}
