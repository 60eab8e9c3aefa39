-- claim: promises responders to a call, as many as are wanted and can be had.
-- Reads the presence of the people named, group by group until it has enough.
-- KEYS[1] prefix
-- KEYS[2] the plan's version
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] plan version; 0 not checked
-- ARGV[4] rung
-- ARGV[5] reason of the rung
-- ARGV[6] phones that may ring at once
-- ARGV[7] ring and grace, ms
-- ARGV[8] pace, ms
-- ARGV[9] send lease, ms
-- ARGV[10] reoffer after, ms
-- ARGV[11] least wrap-up that may be ended, ms; -1 none
-- ARGV[12] people set aside may be asked 0|1
-- ARGV[13] when the call must be looked at again; 0 never
-- ARGV[14] pools, a line each
-- ARGV[15] who asks for it at a screen; '' nobody, the time has come
-- ARGV[16] phones beyond those: 0 none | 1 one more than ring now | 2 the same, and nothing at all unless the rung is new
-- ARGV[17] home team the groups were computed for; '' not checked
-- ARGV[18] number of offer ids
-- ARGV[19..] the ids; then for each group team, tier, agreement, calls at most under it, number of people, the people
-- Returns ok, state, open offers, in pools 0|1, held back until | 0, widened 0|1, promises
local now, id = tonumber(ARGV[1]), ARGV[2]
local want, ring, pace, lease = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), tonumber(ARGV[9])
local reoffer, wrap_least = tonumber(ARGV[10]), tonumber(ARGV[11])
local by = ARGV[15]

local c = load_call(id)
if not c then
  undue('call', id)
  return {'nocall'}
end
if not unanswered(c) then
  undue('call', id)
  return {'ok', c.st, 0, 0, 0, 0}
end
if is_stale(tonumber(ARGV[3])) or (ARGV[17] ~= '' and ARGV[17] ~= c.tm) then return {'stale'} end
if held_until(c, now) then
  due('call', id, c.nb)
  return {'ok', c.st, #list(c.open), num(c.q), 0, 0}
end
if ARGV[16] == '2' and num(ARGV[4]) <= num(c.rg) then return {'ok', c.st, #list(c.open), num(c.q), 0, 0} end
put(c, 'nb', 0)
local widened = 0
if num(ARGV[4]) > num(c.rg) then
  widened = 1
  put(c, 'rg', num(ARGV[4]))
  put(c, 'ls', now)
  note(now, 'widened', about_call(c), {'why', ARGV[5], 'by', by})
end
set_pools(c, ARGV[14])

local open = {}
for _, offer in ipairs(list(c.open)) do open[offer] = true end
local promises, ids, paced = {}, {}, 0
local after, rang = 18 + tonumber(ARGV[18]), #list(c.open)
for i = 19, after do
  if open[ARGV[i]] then -- promised when this script ran before and its answer was lost
    rang = rang - 1
    local o = load_offer(ARGV[i])
    if o and o.st == 'promised' then promises[#promises + 1] = promise_packed(c, o) end
  elseif redis.call('EXISTS', P .. 'offer:' .. ARGV[i]) == 0 then
    ids[#ids + 1] = ARGV[i]
  end
end
if ARGV[16] ~= '0' then want = most(want, rang + 1) end
put(c, 'want', want)

local groups, at = {}, after + 1
while at <= #ARGV do
  local n = tonumber(ARGV[at + 4])
  groups[#groups + 1] = {team = ARGV[at], tier = ARGV[at + 1], aid = ARGV[at + 2], most = tonumber(ARGV[at + 3]),
    from = at + 5, to = at + 4 + n}
  at = at + 5 + n
end

local function read(key, g) -- the fields named by a group, in slices the stack can hold
  local all = {}
  for from = g.from, g.to, 1000 do
    local slice = redis.call('HMGET', key, unpack(ARGV, from, math.min(g.to, from + 999)))
    for i = 1, #slice do all[#all + 1] = slice[i] end
  end
  return all
end

-- Most people are busy when callers wait, so nothing is unpacked but the presence
-- of those who may be asked, known by its first letter, and nothing read of whom
-- the call tried when there are none.
local function may_ask(presence)
  local state = presence and string.sub(presence, 1, 1) or 'f'
  return state == 'f' or (state == 'w' and (wrap_least >= 0 or (c.pf or '') ~= '')) or (state == 'a' and ARGV[12] == '1')
end

local function people(g)
  if g.people then return g.people end
  g.people = {}
  local present, tried = read(P .. 'pres', g), nil
  for i = 1, g.to - g.from + 1 do
    if may_ask(present[i]) then
      tried = tried or read(P .. 'tried:' .. id, g)
      if not tried_lately(tried[i], now, reoffer) then
        local was, since, had = read_presence(present[i])
        if was ~= 'away' or set_aside(was, had) then
          g.people[#g.people + 1] = {r = ARGV[g.from + i - 1], was = was, since = since, had = had,
            team = g.team, tier = g.tier, aid = g.aid}
        end
      end
    end
  end
  return g.people
end

-- Who has a phone up is found out of those alone who would be rung.
local taken = {}
local function longest(g, was, before)
  local best
  for _, who in ipairs(people(g)) do
    -- Idle since is for the order only: another instance's clock may be ahead.
    if who.was == was and (was ~= 'wrap_up' or who.since <= before) and not taken[who.r] and (not best or who.since < best.since) then
      best = who
    end
  end
  if not best or not has_phone_up(best.r) then return best end
  taken[best.r] = true
  return longest(g, was, before)
end

local function full() return paced > 0 or #ids == 0 or #list(c.open) >= want end

local function ask(who)
  local send_at, free_at = reserve(now, pace, (c.open or '') == '')
  if not send_at then
    paced = free_at
    return
  end
  taken[who.r] = true
  local offer = table.remove(ids, 1)
  promises[#promises + 1] = promise(c, who, {id = offer, at = send_at, ring = ring, lease = lease, by = by}, now)
end

local function ask_all(was, before)
  for _, g in ipairs(groups) do
    while not full() and may_help(g.aid, g.most, id) do
      local who = longest(g, was, before)
      if not who then break end
      ask(who)
    end
    if full() then return end
  end
end

local function ask_first(r) -- the one whose phone dropped, who is kept for this call
  for _, g in ipairs(groups) do
    for _, who in ipairs(people(g)) do
      local theirs = who.r == r and (who.was == 'free' or (who.was == 'wrap_up' and who.had == id))
      if theirs and not has_phone_up(r) then return ask(who) end
    end
  end
end

-- Whoever becomes free later is held to the same agreements (see free).
local agreed = {}
for _, g in ipairs(groups) do
  if g.aid ~= '' then agreed[#agreed + 1] = g.team .. '|' .. g.aid .. '|' .. g.most end
end
local terms = table.concat(agreed, '\n')
if (c.lim or '') ~= terms then put(c, 'lim', terms) end

if (c.pf or '') ~= '' and not full() then ask_first(c.pf) end
ask_all('free', now)
if wrap_least >= 0 then ask_all('wrap_up', now - wrap_least) end
if ARGV[12] == '1' then ask_all('away', now) end

stand(c)
save(c)
local again = tonumber(ARGV[13])
if paced > 0 and (again == 0 or paced < again) then again = paced end
if again > 0 then due('call', id, again) else undue('call', id) end

local answer = {'ok', c.st, #list(c.open), num(c.q), paced, widened}
for _, p in ipairs(promises) do answer[#answer + 1] = p end
return answer
