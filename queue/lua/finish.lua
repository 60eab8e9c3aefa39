-- finish: the caller's leg is over, or must be.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] outcome when nobody was ever connected
-- ARGV[4] reason
-- ARGV[5] wrap-up, ms; 0 none
-- ARGV[6] how long the call stays readable, ms
-- ARGV[7] redial window, ms
-- ARGV[8] how long the caller's number is kept, ms
-- ARGV[9] time within which a caller is to be reached from their first try, ms
-- ARGV[10] silence after which a try is a new need, ms
-- Returns ok, first 0|1, call, responder free at once 0|1, legs that ring for nobody now
local now, id = tonumber(ARGV[1]), ARGV[2]
undue('call', id)
undue('live', id)
undue('bridge', id)
local c = load_call(id)
if not c then return {'nocall'} end
local was = c.st
if not step(c, 'finished', now) then return append_legs({'ok', 0, call_packed(c), 0}, c.cx) end

local outcome = num(c.cn) > 0 and 'answered' or ARGV[3]
put(c, 'oc', outcome)
put(c, 'kf', ARGV[6])
put(c, 'cx', c.open or '')
local cancelled = {}
for _, offer in ipairs(list(c.open)) do
  local o = load_offer(offer)
  if o then
    end_offer(c, o, 'cancelled', now)
    release(o, 'cancelled', now)
    cancelled[#cancelled + 1] = leg_packed(o)
  end
end
put(c, 'open', '')
stand(c)

local talked = num(c.tt)
if num(c.tk) > 0 then talked = talked + most(0, now - num(c.tk)) end
local totals = waits(c, now)
for _, v in ipairs({'oc', outcome, 'why', ARGV[4], 'tk', talked, 'n', num(c.n), 'rd', num(c.rd)}) do
  totals[#totals + 1] = v
end
note(now, 'finished', about_winner(c), totals)

local freed, r = 0, c.rp or ''
local state, _, had = presence(r)
local has = r ~= '' and state == 'connected' and had == id
if r ~= '' then let_go({r = r, id = c.of}, now) end
if was == 'accepted' and has then
  local o = load_offer(c.of)
  seat(r, 'free', o and o.ps or now, '')
  freed = 1
elseif was == 'connected' then
  note(now, 'wrap_up', about_winner(c))
  if has and ARGV[5] ~= '0' then
    seat(r, 'wrap_up', now, id)
    due('wrap', r, now + num(ARGV[5]))
  else
    step(c, 'wrap_up_ended', now)
    note(now, 'wrap_up_ended', about_winner(c), {'why', 'timed'})
    if has then
      seat(r, 'free', now, '')
      freed = 1
    end
  end
end

local again = P .. 'redial:' .. (c.ix or '')
if (c.ix or '') ~= '' then
  if outcome == 'answered' or outcome == 'handed_on' then
    redis.call('DEL', again)
    redis.call('ZREM', P .. 'unreached', c.ix)
  else
    redis.call('HSET', again, 'place', c.pl, 'left', now, 'n', num(c.rd) + 1)
    redis.call('PEXPIRE', again, 2 * most(num(ARGV[7]), num(ARGV[10])))
    keep_need(c, again, outcome, num(ARGV[9]))
  end
end
if outcome == 'callback' then redis.call('ZADD', P .. 'callbacks', now, id) end
redis.call('ZREM', P .. 'live', id)
if (c.fr or '') ~= '' then
  redis.call('SET', P .. 'number:' .. id, c.fr, 'PX', ARGV[8])
  if outcome == 'callback' then redis.call('PERSIST', P .. 'number:' .. id) end
end
save(c)
if c.st == 'ended' then keep(c) end
local answer = {'ok', 1, call_packed(c), freed}
for _, leg in ipairs(cancelled) do answer[#answer + 1] = leg end
return answer
