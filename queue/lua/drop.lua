-- drop: the responder's leg is gone and the caller's is not.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] offer
-- ARGV[4] nobody is to be rung before; 0 at once
-- ARGV[5] when the caller's leg must be looked up
-- ARGV[6] wrap-up, ms; 0 none
-- Returns ok, first 0|1, call
--
-- A call at the front sorts before every other and, among its like, by when it
-- was received: its score is that instant less ERA, which no boost reaches.
local ERA = 1000000000000
local now, id = tonumber(ARGV[1]), ARGV[2]
local c = load_call(id)
if not c then
  undue('bridge', id)
  return {'nocall'}
end
if (c.st ~= 'accepted' and c.st ~= 'connected') or c.of ~= ARGV[3] then
  if c.st ~= 'accepted' then undue('bridge', id) end
  return {'ok', 0, call_packed(c)}
end
local talked = num(c.tk) > 0 and most(0, now - num(c.tk)) or 0
note(now, 'dropped', about_winner(c), {'tk', talked})
step(c, 'dropped', now)
local r = c.rp
local state, _, had = presence(r)
phone_down({r = r, id = c.of})
-- They are kept for this caller, who may come back to them, and have their
-- wrap-up if the caller had finished: nobody else's call goes to them meanwhile.
if state == 'connected' and had == id then
  if num(ARGV[6]) > 0 then
    seat(r, 'wrap_up', now, id)
    due('wrap', r, now + num(ARGV[6]))
  else
    seat(r, 'free', now, '')
  end
end
redis.call('HDEL', P .. 'tried:' .. id, r)
redis.call('PEXPIRE', P .. 'offer:' .. c.of, HOUR)
redis.call('PEXPIRE', P .. 'conf:' .. c.cf, HOUR)
for _, field in ipairs({'rp', 'ti', 'of', 'os', 'cf', 'ac', 'tk', 'lo'}) do put(c, field, '') end
if num(c.cn) == 0 then put(c, 'oa', '') end
put(c, 'tt', num(c.tt) + talked)
put(c, 'ft', 1)
put(c, 'pf', r)
put(c, 'sc', num(c.rc) - ERA)
local hold = num(ARGV[4])
put(c, 'nb', hold > now and hold or 0)
stand(c)
save(c)
undue('bridge', id)
due('call', id, most(now, hold))
due('live', id, ARGV[5])
return {'ok', 1, call_packed(c)}
