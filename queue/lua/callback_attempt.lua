-- callback_attempt: somebody has tried to ring back.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] who
-- ARGV[4] when
-- ARGV[5] what came of it: one of CallbackResults
-- ARGV[6] how long a clock that ended is kept, ms
-- Returns ok, first 0|1, the callback's fields and values; or nocallback
local now = tonumber(ARGV[1])
local b = load_callback(ARGV[2])
if not b then return {'nocallback'} end
local again = b.lb == ARGV[3] and b.la == ARGV[4] and b.lw == ARGV[5]
if b.dn or again then return {'ok', 0, redis.call('HGETALL', b._key)} end
attempt_callback(b, ARGV[3], ARGV[4], ARGV[5], ARGV[6], now)
save(b)
return {'ok', 1, redis.call('HGETALL', b._key)}
