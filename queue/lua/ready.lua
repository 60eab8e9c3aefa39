-- ready: a responder, still on the phone after a call, has pressed the key that ends
-- their wrap-up. A key that comes late ends no other call's.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] offer
-- Returns ok, responder, free 0|1, ended now 0|1
local now = tonumber(ARGV[1])
local o = load_offer(ARGV[2])
if not o then return {'nooffer'} end
local state, _, id = presence(o.r)
if state ~= 'wrap_up' or id ~= o.c then return {'ok', o.r, state == 'free' and 1 or 0, 0} end
end_wrap_up(o.r, id, 'ready', now, '')
seat(o.r, 'free', now, '')
return {'ok', o.r, 1, 1}
