-- danger: the caller pressed the danger key.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] boost, ms
-- Returns ok, first 0|1, call
local now = tonumber(ARGV[1])
local c = load_call(ARGV[2])
if not c then return {'nocall'} end
if num(c.dg) == 1 or c.st == 'wrap_up' or c.st == 'ended' then return {'ok', 0, call_packed(c)} end
put(c, 'dg', 1)
if unanswered(c) then set_score(c, num(c.sc) - num(ARGV[3])) end
note(now, 'danger', about_call(c))
save(c)
return {'ok', 1, call_packed(c)}
