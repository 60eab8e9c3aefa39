-- offer_event: the carrier's word of a leg: it rings, it was picked up.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] offer
-- ARGV[3] ringing | picked_up
-- ARGV[4] leg
-- Returns ok, offer
local now = tonumber(ARGV[1])
undue('send', ARGV[2]) -- the leg is there, whoever made it
local o = load_offer(ARGV[2])
if not o then return {'nooffer'} end
if o.sid == '' and ARGV[4] ~= '' then put(o, 'sid', ARGV[4]) end
local reached = OFFER_OPEN[o.st]
if reached and OFFER_OPEN[ARGV[3]] > reached then
  put(o, 'st', ARGV[3])
  if ARGV[3] == 'picked_up' then picked_up(o) end
  note(now, ARGV[3], about_offer(load_call(o.c), o))
  stretch(o, now)
end
if ARGV[3] == 'picked_up' and not reached and o.rs ~= 'accepted' and o.dn ~= ARGV[4] then -- to hear that it is over
  picked_up(o)
  let_go(o, now)
end
save(o)
return {'ok', offer_packed(o)}
