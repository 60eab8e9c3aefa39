-- offer_end: an offer came to nothing.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] offer
-- ARGV[3] result
-- ARGV[4] it counts as a miss 0|1
-- ARGV[5] misses in a row that set a responder aside; 0 never
-- ARGV[6] for how long, ms
-- ARGV[7] the leg that ended; '' whichever
-- ARGV[8..] the others on shift
-- Returns ok, first 0|1, offer, state of the call, responder free 0|1, set aside 0|1
local now, result = tonumber(ARGV[1]), ARGV[3]
local o = load_offer(ARGV[2])
if not o then
  undue('offer', ARGV[2])
  undue('send', ARGV[2])
  return {'nooffer'}
end
local c = load_call(o.c)
-- The carrier may have made a second leg for one offer: its end is not the offer's.
if ARGV[7] ~= '' and o.sid ~= '' and ARGV[7] ~= o.sid then
  return {'ok', 0, offer_packed(o), c and c.st or 'ended', 0, 0}
end
local leg_over = ARGV[7] ~= ''
if leg_over then
  phone_down(o)
  put(o, 'dn', ARGV[7])
end
if not OFFER_OPEN[o.st] then
  undue('offer', o.id)
  undue('send', o.id)
  save(o)
  -- Their phone is down, or the same end is told twice: they may be wanted.
  local free = (leg_over or o.rs == result) and presence(o.r) == 'free' and 1 or 0
  return {'ok', 0, offer_packed(o), c and c.st or 'ended', free, 0}
end

local function others_usable()
  for i = 8, #ARGV do
    local state = presence(ARGV[i])
    if state ~= 'away' and state ~= 'break' then return true end
  end
  return false
end

end_offer(c, o, result, now)
local freed, aside = release(o, result, now), false
if ARGV[4] == '1' then
  local misses, least = redis.call('HINCRBY', P .. 'miss', o.r, 1), tonumber(ARGV[5])
  if least > 0 and misses >= least and presence(o.r) ~= 'break' and others_usable() then
    local state, _, had = presence(o.r)
    if state == 'free' or set_aside(state, had) then
      local back = now + tonumber(ARGV[6])
      seat(o.r, 'away', now, paused('missed_calls', back))
      due('away', o.r, back)
      note(now, 'presence', {'r', o.r, 'ti', o.ti, 'tm', o.tm}, {'p', 'away', 'why', 'missed_calls'})
      freed, aside = false, true
    end
  end
end

if result == 'declined' then redis.call('HDEL', P .. 'miss', o.r) end -- no longer in a row

if c and unanswered(c) then
  if c.st == 'offered' and c.open == '' and step(c, 'waiting', now) then
    note(now, 'waiting', about_call(c), {'why', 'offers_over'})
  end
  stand(c)
  due('call', c.id, now)
end
if c then save(c) end
return {'ok', 1, offer_packed(o), c and c.st or 'ended', freed and 1 or 0, aside and 1 or 0}
