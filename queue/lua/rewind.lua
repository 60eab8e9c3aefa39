-- rewind: a clock was set back, or may have been: no deadline stays further ahead
-- than its kind ever is. The end of a pause does, it may be hours away.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] wrap-up, ms
-- Returns ok, how many were moved
local now, wrap = tonumber(ARGV[1]), tonumber(ARGV[2])
local furthest = {call = 150000, send = 90000, offer = 240000, bridge = 60000, live = 900000, leg = 60000, wrap = wrap}
local instead = {call = 0, send = 0, offer = 60000, bridge = 0, live = 120000, leg = 0, wrap = wrap}
local moved = 0
local ahead = redis.call('ZRANGEBYSCORE', P .. 'due', now + 60000, '+inf', 'WITHSCORES')
for i = 1, #ahead, 2 do
  local kind, id = string.match(ahead[i], '^([^:]*):(.*)$')
  if furthest[kind] and num(ahead[i + 1]) > now + furthest[kind] then
    due(kind, id, now + instead[kind])
    moved = moved + 1
  end
end
return {'ok', moved}
