-- free: promises a free responder to the call furthest forward among the heads
-- of the pools they serve.
-- KEYS[1] prefix
-- KEYS[2] the plan's version
-- ARGV[1] now
-- ARGV[2] responder
-- ARGV[3] plan version; 0 not checked
-- ARGV[4] offer id
-- ARGV[5] ring and grace, ms
-- ARGV[6] pace, ms
-- ARGV[7] send lease, ms
-- ARGV[8] reoffer after, ms
-- ARGV[9..] for each duty pool, team, tier, in order
-- Returns ok, then a promise when there is one
local DEPTH = 8 -- calls of each pool that are looked at
local now, r = tonumber(ARGV[1]), ARGV[2]
local reoffer = tonumber(ARGV[8])

local was, since, had = presence(r)
local repeated = load_offer(ARGV[4])
if repeated then -- this script ran before and its answer was lost
  local c = load_call(repeated.c)
  if c and repeated.st == 'promised' then return {'ok', promise_packed(c, repeated)} end
  return {'ok'}
end
if was ~= 'free' or has_phone_up(r) then return {'ok'} end
if is_stale(tonumber(ARGV[3])) then return {'stale'} end

-- The pools are read one call at a time, as if merged by score.
local heads = {}
local function read_head(h)
  local head = h.at < DEPTH and redis.call('ZRANGE', P .. 'q:' .. ARGV[h.duty], h.at, h.at, 'WITHSCORES') or {}
  h.at, h.call, h.score = h.at + 1, head[1], num(head[2])
end
for i = 9, #ARGV, 3 do
  local h = {duty = i, at = 0}
  read_head(h)
  heads[#heads + 1] = h
end

local function foremost() -- the earlier duty on a tie
  local best
  for _, h in ipairs(heads) do
    if h.call and (not best or h.score < best.score) then best = h end
  end
  return best
end

local seen = {}
local function try(h)
  if seen[h.call] or tried_lately(redis.call('HGET', P .. 'tried:' .. h.call, r), now, reoffer) then return end
  seen[h.call] = true
  local c = load_call(h.call)
  if not c then -- nothing of ours leaves a pool without its call; the next in it moves up
    redis.call('ZREM', P .. 'q:' .. ARGV[h.duty], h.call)
    h.at = h.at - 1
    return
  end
  local aid, most = agreement(c, ARGV[h.duty + 1])
  if not may_help(aid, most, c.id) then return end
  local send_at = reserve(now, tonumber(ARGV[6]), (c.open or '') == '')
  if not send_at then return end
  local who = {r = r, was = was, since = since, had = had, team = ARGV[h.duty + 1], tier = ARGV[h.duty + 2], aid = aid}
  local how = {id = ARGV[4], at = send_at, ring = tonumber(ARGV[5]), lease = tonumber(ARGV[7])}
  local answer = promise(c, who, how, now)
  stand(c)
  save(c)
  return answer
end

while true do
  local h = foremost()
  if not h then return {'ok'} end
  local promised = try(h)
  if promised then return {'ok', promised} end
  read_head(h)
end
