-- callback_owe: a caller was promised that somebody rings them back.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] who records it
-- ARGV[4] when it was asked for
-- ARGV[5] not to be rung before; 0 at once
-- ARGV[6] not to be rung after; 0 whenever
-- ARGV[7] team; '' the call's
-- ARGV[8] time until the first attempt, ms
-- ARGV[9] time until it is over, ms
-- ARGV[10] when the call was received, as the ledger tells it; 0 not looked up
-- ARGV[11] line, likewise
-- ARGV[12] team
-- ARGV[13] caller
-- Returns ok, first 0|1, the callback's fields and values; or nocall
local now, id = tonumber(ARGV[1]), ARGV[2]
local key = P .. 'callback:' .. id
local old = load_callback(id)
if old and old.how ~= 'mistaken' then return {'ok', 0, redis.call('HGETALL', key)} end
local c = load_call(id)
if not c and ARGV[10] == '0' then return {'nocall'} end
redis.call('DEL', key)
local about = c or {ln = ARGV[11], tm = ARGV[12], cl = ARGV[13]}
local start = most(num(ARGV[4]), num(ARGV[5]))
local b = {_key = key, _set = {}}
local fields = {c = id, by = ARGV[3], as = ARGV[4], sf = ARGV[5], su = ARGV[6], st = start,
  ad = start + num(ARGV[8]), xd = start + num(ARGV[9]), n = 0, nb = 0,
  tm = ARGV[7] ~= '' and ARGV[7] or about.tm or '', l = about.ln or '', cl = about.cl or ''}
for field, value in pairs(fields) do put(b, field, value) end
local kept = redis.call('PERSIST', P .. 'number:' .. id) == 1 or redis.call('EXISTS', P .. 'number:' .. id) == 1
if kept or c and (c.fr or '') ~= '' then put(b, 'nb', 1) end -- whoever rings back needs it
save(b)
redis.call('ZADD', P .. 'callbacks', b.ad, id)
if c then
  put(c, 'co', 1)
  save(c)
  redis.call('PERSIST', c._key)
end
note(now, 'callback_owed', about_callback(b, ARGV[3]), {'du', b.xd - start})
for category, due_at in pairs({['callback.attempt'] = b.ad, ['callback.closed'] = b.xd}) do
  start_follow_up({c = id, ct = category, by = ARGV[3], st = start, du = due_at, tm = b.tm, l = b.l, cl = b.cl}, now)
end
return {'ok', 1, redis.call('HGETALL', key)}
