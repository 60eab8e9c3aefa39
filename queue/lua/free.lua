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
local HEADS = 8 -- calls of each pool that are looked at
local now, r = tonumber(ARGV[1]), ARGV[2]
local reoffer = tonumber(ARGV[8])

local was, since, had = presence(r)
local repeated = load_offer(ARGV[4])
if repeated then -- this script ran before and its answer was lost
  local c = load_call(repeated.c)
  if c and repeated.st == 'promised' then return {'ok', promise_packed(c, repeated)} end
  return {'ok'}
end
if was ~= 'free' then return {'ok'} end
if is_stale(tonumber(ARGV[3])) then return {'stale'} end

local heads = {}
for i = 9, #ARGV, 3 do
  local head = redis.call('ZRANGE', P .. 'q:' .. ARGV[i], 0, HEADS - 1, 'WITHSCORES')
  for j = 1, #head, 2 do heads[#heads + 1] = {call = head[j], score = num(head[j + 1]), duty = i} end
end
table.sort(heads, function(a, b)
  if a.score ~= b.score then return a.score < b.score end
  if a.duty ~= b.duty then return a.duty < b.duty end
  return a.call < b.call
end)

local seen = {}
for _, head in ipairs(heads) do
  if not seen[head.call] then
    seen[head.call] = true
    local c = load_call(head.call)
    if not c then
      redis.call('ZREM', P .. 'q:' .. ARGV[head.duty], head.call)
    elseif not tried_lately(redis.call('HGET', P .. 'tried:' .. c.id, r), now, reoffer) then
      local send_at = reserve(now, tonumber(ARGV[6]), (c.open or '') == '')
      if send_at then
        local who = {r = r, was = was, since = since, had = had, team = ARGV[head.duty + 1], tier = ARGV[head.duty + 2]}
        local how = {id = ARGV[4], at = send_at, ring = tonumber(ARGV[5]), lease = tonumber(ARGV[7])}
        local answer = promise(c, who, how, now)
        stand(c)
        save(c)
        return {'ok', answer}
      end
    end
  end
end
return {'ok'}
