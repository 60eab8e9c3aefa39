-- hand_over: a waiting call is another team's from now on. Its place, score and
-- waiting time stay; phones that ring go on ringing; its ladder begins anew.
-- KEYS[1] prefix
-- KEYS[2] the plan's version
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] team it goes to
-- ARGV[4] team it was with when the person decided; '' whichever
-- ARGV[5] plan version; 0 not checked
-- ARGV[6] who does it
-- Returns ok, done 0|1, why, call
local now, id, team = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local c = load_call(id)
if not c then return {'nocall'} end
if not unanswered(c) then return {'ok', 0, c.st, call_packed(c)} end
if c.tm == team then return {'ok', 0, 'already', call_packed(c)} end
if ARGV[4] ~= '' and c.tm ~= ARGV[4] then return {'ok', 0, 'moved', call_packed(c)} end
if is_stale(tonumber(ARGV[5])) then return {'stale'} end
local before = c.tm or ''
put(c, 'tm', team)
put(c, 'ho', 1)
put(c, 'rg', 0)
put(c, 'ls', now)
set_pools(c, '') -- nobody of the old ladder takes it any more; the look below sets the new pools
stand(c)
note(now, 'handed_over', about_call(c), {'tf', before, 'by', ARGV[6]})
due('call', id, held_until(c, now) or now)
save(c)
return {'ok', 1, 'handed_over', call_packed(c)}
