-- leg_down: the carrier was asked about a leg of which nothing was heard: it is over.
-- KEYS[1] prefix
-- ARGV[1] offer
-- Returns ok, responder, free 0|1
local o = load_offer(ARGV[1])
if not o then
  undue('leg', ARGV[1])
  return {'nooffer'}
end
phone_down(o)
return {'ok', o.r, presence(o.r) == 'free' and 1 or 0}
