-- joined: a leg is in the conference. When both are, the call is connected.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] conference
-- ARGV[3] leg
-- Returns ok, connected now 0|1, call
local LIVE_FOR = 600000 -- a connected call is looked up again after ten minutes
local now, leg = tonumber(ARGV[1]), ARGV[3]
local id = redis.call('GET', P .. 'conf:' .. ARGV[2])
local c = id and load_call(id)
if not c then return {'nocall'} end
if c.cf ~= ARGV[2] or (c.st ~= 'accepted' and c.st ~= 'connected') then return {'ok', 0, call_packed(c)} end
if leg == c.id then
  put(c, 'jc', 1)
elseif leg == c.os then
  put(c, 'jr', 1)
elseif (c.os or '') == '' and leg ~= '' then -- the carrier never named the leg it made: this is it
  put(c, 'os', leg)
  put(c, 'jr', 1)
  local o = load_offer(c.of)
  if o then
    put(o, 'sid', leg)
    save(o)
  end
end
if num(c.jc) == 0 or num(c.jr) == 0 or not step(c, 'connected', now) then
  save(c)
  return {'ok', 0, call_packed(c)}
end
local more = {}
if num(c.cn) == 0 then
  put(c, 'cn', now)
  more = waits(c, now)
  end_need(c, more, now)
end
put(c, 'tk', now)
note(now, 'connected', about_winner(c), more)
undue('bridge', c.id)
due('live', c.id, now + LIVE_FOR)
save(c)
return {'ok', 1, call_packed(c)}
