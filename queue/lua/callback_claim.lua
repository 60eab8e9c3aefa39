-- callback_claim: somebody takes a callback for a while, or gives it back.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] who
-- ARGV[4] for how long, ms; 0 gives it back
-- Returns ok, changed 0|1, the callback's fields and values; claimed and the same; or nocallback
local now, by, lease = tonumber(ARGV[1]), ARGV[3], tonumber(ARGV[4])
local b = load_callback(ARGV[2])
if not b then return {'nocallback'} end
local had = num(b.cu) > now and b.cb or ''
local function answer(word, changed) return {word, changed, redis.call('HGETALL', b._key)} end
if b.dn or (lease == 0 and had == '') then return answer('ok', 0) end
if lease == 0 then
  put(b, 'cb', '')
  put(b, 'cu', 0)
  save(b)
  note(now, 'callback_claimed', about_callback(b, by), {'why', 'released', 'r', had})
  return answer('ok', 1)
end
if had ~= '' and had ~= by then return answer('claimed', 0) end
put(b, 'cb', by)
put(b, 'cu', now + lease)
save(b)
if had == by then return answer('ok', 0) end
note(now, 'callback_claimed', about_callback(b, by), {'why', 'taken', 'r', by})
return answer('ok', 1)
