-- The least a webhook writes, in one script: the bare round trip that a
-- webhook's latency is compared with. Used by the benchmarks only.
-- KEYS[1] call
-- KEYS[2] waiting
-- KEYS[3] log
-- ARGV[1] sid, [2] from, [3] score, [4] state, [5] event, [6] time to live, ms
-- Returns 1 new | 0 a repeat, number waiting
if redis.call('HSETNX', KEYS[1], ARGV[5], ARGV[4]) == 0 then return {0, 0} end
redis.call('HSET', KEYS[1], 'sid', ARGV[1], 'from', ARGV[2], 'st', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[6])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', '10000', '*', 'sid', ARGV[1], 'ev', ARGV[4])
return {1, redis.call('ZCARD', KEYS[2])}
