-- offer_sent: the carrier made the leg of an offer.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] offer
-- ARGV[3] leg
-- ARGV[4] time in the carrier's own queue, ms
-- Returns ok, offer
local now = tonumber(ARGV[1])
undue('send', ARGV[2])
local o = load_offer(ARGV[2])
if not o then return {'nooffer'} end
local c = load_call(o.c)
if o.sid == '' and ARGV[3] ~= '' then
  put(o, 'sid', ARGV[3])
  if c and c.of == o.id and (c.os or '') == '' then
    put(c, 'os', ARGV[3])
    save(c)
  end
end
if OFFER_OPEN[o.st] and not o.sn then
  put(o, 'sn', 1)
  if o.st == 'promised' then put(o, 'st', 'sent') end
  note(now, 'offer_sent', about_offer(c, o), {'wq', num(ARGV[4])})
  stretch(o, now + num(ARGV[4]))
end
save(o)
return {'ok', offer_packed(o)}
