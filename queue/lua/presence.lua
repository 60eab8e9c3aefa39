-- presence: a responder goes on a break, is set away, or is back.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] responder
-- ARGV[3] free | break | away
-- ARGV[4] reason; timed: only a pause whose end has come is over
-- ARGV[5] when it ends; 0 not known
-- ARGV[6] who does it at a screen; '' nobody
-- Returns ok, responder free 0|1, changed now 0|1, presence; or taken, 0, 0, presence
local now, r, to, why, ends = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], num(ARGV[5])
local state, _, had = presence(r)
local pausing = state == 'break' or state == 'away'
local reason, till = '', 0
if pausing then reason, till = pause_of(had) end
if to == 'free' then
  if why == 'timed' and pausing and (till == 0 or till > now) then -- another pause began meanwhile
    if till > 0 then due('away', r, till) else undue('away', r) end
    return {'ok', 0, 0, state}
  end
  undue('away', r)
  if not pausing then return {'ok', state == 'free' and 1 or 0, 0, state} end
  seat(r, 'free', now, '')
else
  if state == 'offered' or state == 'connected' then return {'taken', 0, 0, state} end
  if state == to and reason == why then return {'ok', 0, 0, state} end
  if state == 'wrap_up' then end_wrap_up(r, had, 'ready', now, ARGV[6]) end
  if ends > 0 then due('away', r, ends) else undue('away', r) end
  seat(r, to, now, paused(why, ends))
end
note(now, 'presence', {'r', r}, {'p', to, 'why', why, 'by', ARGV[6]})
return {'ok', to == 'free' and 1 or 0, 1, to}
