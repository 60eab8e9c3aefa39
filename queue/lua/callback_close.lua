-- callback_close: the right person was reached, or it was decided what else is done.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] who
-- ARGV[4] when
-- ARGV[5] how: one of CallbackEnds
-- ARGV[6] code of the outcome; '' none
-- ARGV[7] how long the record is kept, ms
-- ARGV[8] how long the caller's number is kept from now on, ms
-- Returns ok, first 0|1, the callback's fields and values; or nocallback
local now, id, by, at, how, keep_ms = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[7]
local b = load_callback(id)
if not b then return {'nocallback'} end
if b.dn then return {'ok', 0, redis.call('HGETALL', b._key)} end
if how == 'reached' and b.lw ~= 'reached' then attempt_callback(b, by, at, 'reached', keep_ms, now) end
if num(b.n) == 0 then end_clock(b, 'callback.attempt', by, at, how == 'mistaken' and how or 'not_needed', keep_ms, now) end
end_clock(b, 'callback.closed', by, at, how, keep_ms, now)
put(b, 'dn', at)
put(b, 'how', how)
put(b, 'oc', ARGV[6])
put(b, 'dby', by)
save(b)
redis.call('PEXPIRE', b._key, keep_ms)
redis.call('ZREM', P .. 'callbacks', id)
note(now, 'callback_closed', about_callback(b, by),
  {'why', how, 'cd', ARGV[6], 'w', most(0, num(at) - num(b.st)), 'du', num(b.xd) - num(b.st)})
redis.call('PEXPIRE', P .. 'number:' .. id, ARGV[8])
local c = load_call(id)
if c then
  put(c, 'co', 2)
  save(c)
  if c.st == 'ended' then redis.call('PEXPIRE', c._key, ARGV[8]) end
end
return {'ok', 1, redis.call('HGETALL', b._key)}
