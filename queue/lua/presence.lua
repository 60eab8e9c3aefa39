-- presence: a responder goes on a break, is set aside, or is back.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] responder
-- ARGV[3] free | break | away
-- ARGV[4] reason
-- ARGV[5] when it ends; 0 not known
-- Returns ok, responder free 0|1; or taken
local now, r, to, ends = tonumber(ARGV[1]), ARGV[2], ARGV[3], num(ARGV[5])
local state, _, id = presence(r)
if to == 'free' then
  undue('away', r)
  if state ~= 'break' and state ~= 'away' then return {'ok', state == 'free' and 1 or 0} end
else
  if state == 'offered' or state == 'connected' then return {'taken'} end
  if ends > 0 then due('away', r, ends) else undue('away', r) end
end
if state == to then return {'ok', 0} end
if state == 'wrap_up' then end_wrap_up(r, id, 'ready', now) end
seat(r, to, now, '')
note(now, 'presence', {'r', r}, {'p', to, 'why', ARGV[4]})
return {'ok', to == 'free' and 1 or 0}
