-- ring_person: one responder is promised to a call because a person at a screen
-- asked for this very one: whatever the ladder, and though they were tried before.
-- KEYS[1] prefix
-- KEYS[2] the plan's version
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] responder
-- ARGV[4] team of the duty they are on
-- ARGV[5] tier of that duty
-- ARGV[6] agreement of mutual aid; '' none
-- ARGV[7] plan version; 0 not checked
-- ARGV[8] offer id
-- ARGV[9] ring and grace, ms
-- ARGV[10] pace, ms
-- ARGV[11] send lease, ms
-- ARGV[12] who asks
-- Returns ok, done 0|1, why, promise | ''
local now, id, r = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local c = load_call(id)
if not c then return {'nocall'} end
local repeated = load_offer(ARGV[8])
if repeated then -- this script ran before and its answer was lost
  return {'ok', 1, 'rung', repeated.st == 'promised' and promise_packed(c, repeated) or ''}
end
if not unanswered(c) then return {'ok', 0, c.st, ''} end
if is_stale(tonumber(ARGV[7])) then return {'stale'} end
if held_until(c, now) then return {'ok', 0, 'held_back', ''} end

local was, since, had = presence(r)
if was == 'offered' and had == id then return {'ok', 0, 'already', ''} end
-- Whoever lost this very caller is kept for them in their wrap-up.
if was ~= 'free' and not (was == 'wrap_up' and had == id) then return {'ok', 0, 'is_' .. was, ''} end

if has_phone_up(r) then return {'ok', 0, 'on_phone', ''} end

local send_at = reserve(now, tonumber(ARGV[10]), true)
local who = {r = r, was = was, since = since, had = had, team = ARGV[4], tier = ARGV[5], aid = ARGV[6]}
local how = {id = ARGV[8], at = send_at, ring = tonumber(ARGV[9]), lease = tonumber(ARGV[11]), why = 'asked', by = ARGV[12]}
local answer = promise(c, who, how, now)
stand(c)
save(c)
return {'ok', 1, 'rung', answer}
