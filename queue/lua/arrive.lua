-- arrive: the first webhook of a call.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] menu 0|1: intake follows
-- ARGV[4] line
-- ARGV[5] line's number
-- ARGV[6] team
-- ARGV[7] caller
-- ARGV[8] language
-- ARGV[9] skills, a line each
-- ARGV[10] caller's number, sealed; '' withheld
-- ARGV[11] index of the caller's number; '' withheld
-- ARGV[12] boost, ms
-- ARGV[13] boost for each redial, ms
-- ARGV[14] redial window, ms
-- ARGV[15] when the call must be looked at
-- ARGV[16] when its leg must be looked up
-- ARGV[17] silence after which a try is a new need, ms
-- Returns ok, 1 new | 0 a repeat, call
local now, id = tonumber(ARGV[1]), ARGV[2]
local c = load_call(id)
if c then return {'ok', 0, call_packed(c)} end

local place, redials, first = now, 0, now
if ARGV[11] ~= '' then
  local before = redis.call('HMGET', P .. 'redial:' .. ARGV[11], 'place', 'left', 'n', 'f')
  if before[2] and num(before[2]) + num(ARGV[14]) >= now then
    place, redials = num(before[1]), num(before[3])
  end
  if num(before[4]) > 0 and num(before[2]) + num(ARGV[17]) >= now then first = num(before[4]) end
end

c = {_key = P .. 'call:' .. id, _set = {}}
local function set(field, value) if value ~= '' then put(c, field, value) end end
set('id', id)
set('st', 'intake')
set('ln', ARGV[4])
set('nu', ARGV[5])
set('tm', ARGV[6])
set('cl', ARGV[7])
set('lg', ARGV[8])
set('sk', ARGV[9])
set('fr', ARGV[10])
set('ix', ARGV[11])
set('fi', first)
if ARGV[10] == '' then set('wh', 1) end
set('rc', now)
set('ls', now)
set('pl', place)
set('rd', redials)
set('sc', place - num(ARGV[12]) - num(ARGV[13]) * redials)
note(now, 'received', about_call(c), {'wh', c.wh or 0, 'rd', redials, 'fm', now - first})
if ARGV[3] == '0' then
  step(c, 'waiting', now)
  put(c, 'gr', now)
  put(c, 'wt', now)
  note(now, 'waiting', about_call(c), {'why', 'intake_over'})
end
save(c)
redis.call('ZADD', P .. 'live', ARGV[1], id)
redis.call('ZADD', P .. 'due', ARGV[15], 'call:' .. id, ARGV[16], 'live:' .. id)
return {'ok', 1, call_packed(c)}
