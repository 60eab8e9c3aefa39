-- accept: a responder pressed the key. The first to do so has the caller.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] offer
-- ARGV[3] leg
-- ARGV[4] conference
-- ARGV[5] by when both must hear each other
-- Returns ok, verdict, first 0|1, call | '', legs that lost
local now = tonumber(ARGV[1])
local o = load_offer(ARGV[2])
if not o then return {'nooffer'} end
local c = load_call(o.c)
if not c then return {'ok', 'gone', 0, ''} end
local leg = ARGV[3] ~= '' and ARGV[3] or o.sid
if (c.st == 'accepted' or c.st == 'connected') and c.of == o.id then
  if (c.os or '') ~= '' and leg ~= c.os then return {'ok', 'taken', 0, call_packed(c)} end
  return append_legs({'ok', 'won', 0, call_packed(c)}, c.lo)
end
if c.st == 'wrap_up' or c.st == 'ended' then return {'ok', 'gone', 0, call_packed(c)} end
if not unanswered(c) then return {'ok', 'taken', 0, call_packed(c)} end

-- A key that comes after its offer was given up is still a person who answers,
-- unless it is the word of their leg's end that overtook it (dn).
local late = not OFFER_OPEN[o.st]
if late then
  local state, _, id = presence(o.r)
  local here = state == 'free' or state == 'away' or (state == 'offered' and id == c.id)
  if not here or o.dn == leg or not (o.rs == 'lapsed' or o.rs == 'no_answer' or o.rs == 'no_key') then
    return {'ok', 'over', 0, call_packed(c)}
  end
end

if c.st == 'intake' then -- an early offer: the greeting ends here
  put(c, 'gr', now)
  put(c, 'wt', now)
end
if not step(c, 'accepted', now) then return {'ok', 'over', 0, call_packed(c)} end
if late then
  put(o, 'rs', 'accepted')
  save(o)
  redis.call('PERSIST', o._key)
else
  end_offer(c, o, 'accepted', now)
end
-- Whichever leg the key came from is the offer's, even if the carrier made
-- another beside it: that one must stop ringing.
local losers = {}
if o.sid ~= '' and o.sid ~= leg then losers[1] = leg_packed(o) end
put(o, 'sid', leg)
save(o)
put(c, 'rp', o.r)
put(c, 'ti', o.ti)
put(c, 'of', o.id)
put(c, 'os', o.sid)
put(c, 'cf', ARGV[4])
put(c, 'ac', now)
if num(c.cn) == 0 then put(c, 'oa', o.at) end
put(c, 'jc', 0)
put(c, 'jr', 0)
put(c, 'pf', '')
put(c, 'ft', 0)
put(c, 'lo', c.open or '')
note(now, 'accepted', about_winner(c), {'why', late and 'late_key' or ''})
redis.call('SET', P .. 'conf:' .. ARGV[4], c.id)

for _, id in ipairs(list(c.open)) do
  local other = load_offer(id)
  if other then
    end_offer(c, other, 'lost', now)
    release(other, 'lost', now)
    losers[#losers + 1] = leg_packed(other)
  end
end
put(c, 'open', '')
seat(o.r, 'connected', now, c.id)
picked_up(o)
undue('leg', o.id)
redis.call('HDEL', P .. 'miss', o.r)
undue('away', o.r)
undue('call', c.id)
due('bridge', c.id, ARGV[5])
stand(c)
save(c)
local answer = {'ok', 'won', 1, call_packed(c)}
for _, leg in ipairs(losers) do answer[#answer + 1] = leg end
return answer
