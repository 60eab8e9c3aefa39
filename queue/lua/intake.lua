-- intake: the menu is over; the call waits, or its early offer counts from now.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] caller
-- ARGV[4] team
-- ARGV[5] language
-- ARGV[6] skills, a line each
-- ARGV[7] boost, ms
-- ARGV[8] when its leg must be looked up
-- Returns ok, first 0|1, call
local now, id = tonumber(ARGV[1]), ARGV[2]
local c = load_call(id)
if not c then return {'nocall'} end
if c.st ~= 'intake' or not step(c, 'waiting', now) then return {'ok', 0, call_packed(c)} end
if (c.open or '') ~= '' then put(c, 'st', 'offered') end
put(c, 'cl', ARGV[3])
if num(c.ho) == 0 then put(c, 'tm', ARGV[4]) end -- handed over while greeted: it stays so
put(c, 'lg', ARGV[5])
put(c, 'sk', ARGV[6])
put(c, 'gr', now)
put(c, 'wt', now)
if ARGV[7] ~= '0' then set_score(c, num(c.sc) - num(ARGV[7])) end
note(now, 'waiting', about_call(c), {'why', 'intake_over', 'wi', now - num(c.rc)})
save(c)
due('call', id, now)
due('live', id, ARGV[8])
return {'ok', 1, call_packed(c)}
