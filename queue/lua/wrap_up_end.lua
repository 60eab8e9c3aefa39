-- wrap_up_end: a responder has finished after a call.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] responder
-- ARGV[3] reason: timed | ready
-- ARGV[4] who ends it at a screen; '' nobody
-- Returns ok, responder free 0|1, ended now 0|1, presence
local now, r = tonumber(ARGV[1]), ARGV[2]
local state, _, id = presence(r)
if state ~= 'wrap_up' then
  undue('wrap', r)
  return {'ok', state == 'free' and 1 or 0, 0, state}
end
end_wrap_up(r, id, ARGV[3], now, ARGV[4])
seat(r, 'free', now, '')
return {'ok', 1, 1, 'free'}
