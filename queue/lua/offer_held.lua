-- offer_held: the leg of an offer is to be made later.
-- KEYS[1] prefix
-- ARGV[1] offer
-- ARGV[2] when
-- ARGV[3] the offer's own deadline moves with it 0|1
-- Returns ok
local o = load_offer(ARGV[1])
if not o or o.st ~= 'promised' then
  undue('send', ARGV[1])
  if not o then return {'nooffer'} end
  return {'ok'}
end
due('send', o.id, ARGV[2])
if ARGV[3] == '1' then stretch(o, num(ARGV[2])) end
return {'ok'}
