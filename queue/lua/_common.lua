-- What more than one script does. Before each script go those of these functions
-- that it uses (scripts.go); what stands before the first goes before all.
-- KEYS[1] is the service's prefix, from which every other key is built: one hash tag, one node.
-- A script never reads a clock: `now` is an argument, ms since 1970.
-- A call or an offer is loaded once into a table, changed with put, saved once.
local P = KEYS[1]
local SEP = '\31' -- between the fields of an answer
local HOUR = 3600000
local OFFER_OPEN = {promised = 1, sent = 2, ringing = 3, picked_up = 4}

-- Fields may be numbers (just put) or strings (just read); '' and nil are 0.
local function num(v) return tonumber(v) or 0 end

local function most(a, b) if a > b then return a end return b end

local function list(s)
  local t = {}
  for word in string.gmatch(s or '', '[^\n]+') do t[#t + 1] = word end
  return t
end

-- The whole machine, the same as call.Next; nil when the event does not fit.
local function next_state(state, kind)
  local t = {
    ['intake waiting'] = 'waiting', ['intake offered'] = 'intake', ['intake accepted'] = 'accepted',
    ['intake finished'] = 'ended',
    ['waiting offered'] = 'offered', ['waiting finished'] = 'ended', ['waiting accepted'] = 'accepted',
    ['offered offered'] = 'offered', ['offered waiting'] = 'waiting', ['offered accepted'] = 'accepted',
    ['offered finished'] = 'ended',
    ['accepted connected'] = 'connected', ['accepted dropped'] = 'waiting', ['accepted finished'] = 'ended',
    ['connected dropped'] = 'waiting', ['connected finished'] = 'wrap_up',
    ['wrap_up wrap_up_ended'] = 'ended',
  }
  return t[state .. ' ' .. kind]
end

local function unanswered(c) return c.st == 'intake' or c.st == 'waiting' or c.st == 'offered' end

-- Hashes.

local function load(key)
  local flat = redis.call('HGETALL', key)
  if #flat == 0 then return nil end
  local h = {}
  for i = 1, #flat, 2 do h[flat[i]] = flat[i + 1] end
  h._key, h._set = key, {}
  return h
end

local function load_call(id) return load(P .. 'call:' .. id) end
local function load_offer(id) return load(P .. 'offer:' .. id) end

local function put(h, field, value)
  h[field] = value
  h._set[field] = true
end

local function save(h)
  local args = {}
  for field in pairs(h._set) do
    args[#args + 1] = field
    args[#args + 1] = h[field]
  end
  if #args > 0 then redis.call('HSET', h._key, unpack(args)) end
  h._set = {}
end

local function packed(h, fields, last)
  for i = 1, #fields do fields[i] = h[fields[i]] or '' end
  fields[#fields + 1] = last
  return table.concat(fields, SEP)
end

local function call_packed(c) return packed(c, CALL_FIELDS(), c.fr or '') end
local function offer_packed(o) return packed(o, OFFER_FIELDS(), '') end
local function leg_packed(o) return o.id .. SEP .. o.r .. SEP .. o.sid end

-- Legs of the offers named in a list; those long gone are left out.
local function append_legs(answer, ids)
  for _, id in ipairs(list(ids)) do
    local o = load_offer(id)
    if o then answer[#answer + 1] = leg_packed(o) end
  end
  return answer
end

-- Nobody is rung for a call before this, after a drop. A clock that was set back
-- since may not hold it for as long as that.
local function held_until(c, now)
  local nb = num(c.nb)
  return nb > now and nb <= now + 120000 and nb
end

-- Deadlines.

local function due(kind, id, at) redis.call('ZADD', P .. 'due', at, kind .. ':' .. id) end
local function undue(kind, id) redis.call('ZREM', P .. 'due', kind .. ':' .. id) end

-- The ledger. Entries stand at the service's time; where another instance's
-- clock is ahead, right after its last entry. Fields that are empty are left out.

local function append(entry, n, fields)
  for i = 1, #fields, 2 do
    local v = fields[i + 1]
    if v ~= '' and v ~= 0 then
      entry[n + 1], entry[n + 2] = fields[i], v
      n = n + 2
    end
  end
  return n
end

-- What stands in the ledger far from a call's life is found by the call's own list.
local function far(call, entry)
  local key = P .. 'later:' .. call
  redis.call('RPUSH', key, entry)
  redis.call('PEXPIRE', key, 800 * 24 * HOUR)
end

local function note(now, kind, about, more)
  local entry, key = {'t', now, 'k', kind}, P .. 'ledger'
  local n = append(entry, 4, about)
  if more then append(entry, n, more) end
  local place = redis.pcall('XADD', key, now .. '-*', unpack(entry))
  if type(place) ~= 'string' then
    local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)
    local id = '*'
    if last[1] then id = string.match(last[1][1], '^%d+') .. '-*' end
    place = redis.call('XADD', key, id, unpack(entry))
  end
  if kind == 'wrap_up_record' or kind == 'unreached' or string.find(kind, '^follow_up') or string.find(kind, '^callback') then
    far(about[2], place)
  end
  return place
end

-- What an entry is about. Absent fields are '', for a list with holes has no length.

local function about_call(c) return {'c', c.id, 'l', c.ln or '', 'tm', c.tm or '', 'cl', c.cl or ''} end

local function about_winner(c)
  return {'c', c.id, 'l', c.ln or '', 'tm', c.tm or '', 'cl', c.cl or '',
    'o', c.of or '', 'r', c.rp or '', 'ti', c.ti or ''}
end

local function about_offer(c, o)
  return {'c', o.c, 'l', c and c.ln or '', 'cl', c and c.cl or '', 'o', o.id, 'tm', o.tm, 'r', o.r, 'ti', o.ti}
end

-- Moves a call on; false, and nothing done, when the event does not fit.
local function step(c, kind, now)
  local state = next_state(c.st, kind)
  if not state then return false end
  put(c, 'st', state)
  put(c, 'ls', now)
  return true
end

-- Every wait of a call, each in whole ms. Until someone was connected they run
-- to now. Ring time counts from the offer that was accepted; intake ends with
-- the greeting, or with that offer when it was made sooner. Intake, queue and
-- ring add up to the caller's wait; the return's clock runs from the greeting.
-- A clock that was set back meanwhile makes them too short, never less than nothing.
local function waits(c, now)
  local received = num(c.rc)
  local till = most(received, num(c.cn) > 0 and num(c.cn) or now)
  local function between(at) return at > 0 and math.min(most(received, at), till) or till end
  local greeted, offered = between(num(c.gr)), between(num(c.oa))
  local intake = greeted < offered and greeted or offered
  return {'w', till - received, 'wi', intake - received, 'wq', offered - intake,
    'wr', till - offered, 'rt', most(0, till - greeted)}
end

-- Pools. A call stands in its pools exactly while it is unanswered, fewer
-- phones ring for it than are wanted, and nothing holds it back (nb).

local function in_pools(c) return num(c.q) == 1 end

local function enter_pools(c)
  for _, pool in ipairs(list(c.pools)) do redis.call('ZADD', P .. 'q:' .. pool, c.sc, c.id) end
  put(c, 'q', 1)
end

local function leave_pools(c)
  for _, pool in ipairs(list(c.pools)) do redis.call('ZREM', P .. 'q:' .. pool, c.id) end
  put(c, 'q', 0)
end

local function stand(c)
  local wanted = unanswered(c) and num(c.nb) == 0 and #list(c.open) < num(c.want) and (c.pools or '') ~= ''
  if wanted and not in_pools(c) then enter_pools(c) end
  if not wanted and in_pools(c) then leave_pools(c) end
end

local function set_pools(c, pools)
  if (c.pools or '') == pools then return end
  if in_pools(c) then leave_pools(c) end
  put(c, 'pools', pools)
end

local function set_score(c, score)
  put(c, 'sc', score)
  if in_pools(c) then enter_pools(c) end
end

-- Presence: "state|since|call"; of a break and of who is set away
-- "state|since|reason|until". Nobody is written down until they were rung, so no
-- entry is free, idle since ever.

local function read_presence(v)
  if not v then return 'free', 0, '' end
  local state, since, id = string.match(v, '^([^|]*)|([^|]*)|(.*)$')
  return state, num(since), id
end

local function presence(r) return read_presence(redis.call('HGET', P .. 'pres', r)) end

local function seat(r, state, since, id) redis.call('HSET', P .. 'pres', r, state .. '|' .. since .. '|' .. id) end

-- What stands in place of the call while somebody is on a break or set away.
local function paused(why, till) return why .. '|' .. till end
local function pause_of(had)
  local why, till = string.match(had, '^([^|]*)|?(.*)$')
  return why, num(till)
end

-- Whom the last resort may ring although they are set away: those the service
-- set aside itself. Whoever a person set away stays so.
local function set_aside(was, had)
  local why = pause_of(had)
  return was == 'away' and (why == '' or why == 'missed_calls')
end

-- How long what is over stays readable: a call, who was tried for it, its
-- conference, and the offer that had it.
local function keep(c)
  local ms = num(c.kf)
  local owed = num(c.co) == 1 or (c.oc == 'callback' and num(c.co) ~= 2) -- a callback owed needs its number
  if not owed then redis.call('PEXPIRE', c._key, ms) end
  redis.call('PEXPIRE', P .. 'tried:' .. c.id, ms)
  if (c.of or '') ~= '' then redis.call('PEXPIRE', P .. 'offer:' .. c.of, ms) end
  if (c.cf or '') ~= '' then redis.call('PEXPIRE', P .. 'conf:' .. c.cf, ms) end
end

-- Telephones. Whoever has a leg of ours at their ear is not rung, whatever their
-- presence says: it would be engaged. A leg counts from when it is picked up (one
-- that only rings and is cancelled may never be told of again) until the carrier
-- says that it is over; what it says may be lost, so once nothing holds its
-- responder any more the leg is looked up, and again until it is over.

local function picked_up(o) redis.call('HSET', P .. 'up', o.r, o.id) end

local function has_phone_up(r)
  local offer = redis.call('HGET', P .. 'up', r)
  return offer and redis.call('EXISTS', P .. 'offer:' .. offer) == 1
end

-- The responder of an offer has nothing to do with its call any more.
local function let_go(o, now)
  if redis.call('HGET', P .. 'up', o.r) == o.id then due('leg', o.id, now + 30000) end
end

local function phone_down(o)
  undue('leg', o.id)
  if redis.call('HGET', P .. 'up', o.r) == o.id then redis.call('HDEL', P .. 'up', o.r) end
end

-- Ends a wrap-up and, when it is the last responder's, its call: a responder who
-- was dropped may be finishing while another has the caller. The responder's
-- presence is for whoever calls this to set. by: who ended it at a screen, or ''.
local function end_wrap_up(r, id, why, now, by)
  undue('wrap', r)
  local c = load_call(id)
  if not c or c.rp ~= r or not step(c, 'wrap_up_ended', now) then return end
  note(now, 'wrap_up_ended', about_winner(c), {'why', why, 'by', by})
  save(c)
  keep(c)
end

-- Offers.

-- Takes an offer from the call's open ones and closes it.
local function end_offer(c, o, result, now)
  if c then
    local open = {}
    for _, id in ipairs(list(c.open)) do
      if id ~= o.id then open[#open + 1] = id end
    end
    put(c, 'open', table.concat(open, '\n'))
    put(c, 'ls', now)
  end
  put(o, 'st', 'over')
  put(o, 'rs', result)
  save(o)
  if result ~= 'accepted' then redis.call('PEXPIRE', o._key, HOUR) end
  undue('offer', o.id)
  undue('send', o.id)
  note(now, 'offer_ended', about_offer(c, o), {'rs', result, 'wr', most(0, now - num(o.at))})
end

-- Frees the responder of an offer that is over, unless they have gone on to
-- something else. Whoever lost through no act of theirs keeps their place among
-- the idle; whoever had been set aside and did nothing goes back to that.
local function release(o, result, now)
  local state, _, id = presence(o.r)
  let_go(o, now)
  if state ~= 'offered' or id ~= o.c then return false end
  local since = now
  if result == 'lost' or result == 'cancelled' then since = o.ps end
  if o.pp == 'away' and result ~= 'declined' and redis.call('ZSCORE', P .. 'due', 'away:' .. o.r) then
    seat(o.r, 'away', o.ps, o.pr or '')
    return false
  end
  seat(o.r, 'free', since, '')
  return true
end

-- The moment a further leg may be made, and books it; nil, and the moment the
-- backlog ends, for a leg that is not its call's first and would add to it.
local function reserve(now, pace, first)
  if pace == 0 then return now end
  local key = P .. 'pace'
  local at = num(redis.call('GET', key))
  if at <= now or at > now + 60000 then -- so long a backlog is the carrier's to hold, or of a clock that was set back
    at = now
  elseif not first then
    return nil, at
  end
  redis.call('SET', key, at + pace)
  return at
end

local function is_stale(version)
  local stored = redis.call('GET', KEYS[2])
  return version ~= 0 and stored and num(stored) ~= version
end

local function tried_lately(at, now, reoffer) return at and math.abs(now - num(at)) < reoffer end

-- Mutual aid. An agreement has a set of the offers made under it. What is over is
-- found out when the set is next read, so that nothing else need know of it.

-- Whether one more call may be asked of the helpers: one they have already may
-- always have another of them.
local function may_help(aid, most, id)
  if (aid or '') == '' then return true end
  local calls, n = {}, 0
  for _, offer in ipairs(redis.call('SMEMBERS', P .. 'aid:' .. aid)) do
    local o = load_offer(offer)
    local has = o and OFFER_OPEN[o.st]
    if o and o.rs == 'accepted' then
      local c = load_call(o.c)
      has = c and c.of == offer and (c.st == 'accepted' or c.st == 'connected')
    end
    if not has then
      redis.call('SREM', P .. 'aid:' .. aid, offer)
    elseif not calls[o.c] then
      calls[o.c], n = true, n + 1
    end
  end
  return calls[id] or n < most
end

-- Under which agreement a team helps with a call: '' when it is not aid.
local function agreement(c, team)
  for _, line in ipairs(list(c.lim)) do
    local helper, aid, most = string.match(line, '^([^|]*)|(.*)|([^|]*)$')
    if helper == team then return aid, num(most) end
  end
  return '', 0
end

-- A promise as a claim answers it.
local function promise_packed(c, o)
  return table.concat({o.id, c.id, o.r, o.tm, o.ti, o.sa, c.nu}, SEP)
end

-- Promises responder r to a call. who: r, was (presence before), since, had (call
-- or pause before), team, tier. how: id, at (moment to send), ring (ms), lease (ms),
-- why and by (when a person at a screen asked for it).
local function promise(c, who, how, now)
  local since = who.since
  if who.was == 'wrap_up' then
    end_wrap_up(who.r, who.had, 'needed', now, '')
    since = now
  end
  local o = {id = how.id, c = c.id, r = who.r, tm = who.team, ti = who.tier, st = 'promised', sid = '',
    at = now, sa = how.at, rs = '', ps = since, pp = who.was, rf = how.ring}
  if who.was == 'away' then o.pr = who.had end
  local args = {}
  for field, value in pairs(o) do
    args[#args + 1] = field
    args[#args + 1] = value
  end
  redis.call('HSET', P .. 'offer:' .. o.id, unpack(args))
  redis.call('HSET', P .. 'tried:' .. c.id, o.r, now)
  if (who.aid or '') ~= '' then redis.call('SADD', P .. 'aid:' .. who.aid, o.id) end
  seat(o.r, 'offered', now, c.id)
  due('offer', o.id, how.at + how.ring)
  due('send', o.id, how.at > now and how.at or now + how.lease)
  put(c, 'open', (c.open or '') == '' and o.id or c.open .. '\n' .. o.id)
  put(c, 'n', num(c.n) + 1)
  step(c, 'offered', now)
  note(now, 'offered', about_offer(c, o), {'n', c.n, 'why', how.why or '', 'by', how.by or ''})
  return promise_packed(c, o)
end

-- A leg that was heard of has its ring time from now.
local function stretch(o, at)
  redis.call('ZADD', P .. 'due', 'XX', 'GT', at + num(o.rf), 'offer:' .. o.id)
end
