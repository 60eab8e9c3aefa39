-- callback_forget: nobody ended a callback for so long that the caller's number may not be kept.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] only when it should have been over before this
-- ARGV[4] time within which a callback is over, ms: for one that was never recorded
-- ARGV[5] how long the call's record is kept then, ms
-- Returns ok, gone 0|1
local now, id, before = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3])
local open = redis.call('ZSCORE', P .. 'callbacks', id)
if not open then return {'ok', 0} end
local c = load_call(id)
local b = load_callback(id)
if not b then -- the call ended so, and its process before it was recorded
  local start = tonumber(open)
  b = {_key = P .. 'callback:' .. id, _set = {}}
  local about = c or {}
  for field, value in pairs({c = id, by = 'role:caller', as = start, st = start, ad = start, xd = start + num(ARGV[4]), n = 0, nb = 1,
    tm = about.tm or '', l = about.ln or '', cl = about.cl or ''}) do put(b, field, value) end
end
if num(b.xd) >= before or num(b.nb) == 0 then return {'ok', 0} end
redis.call('DEL', P .. 'number:' .. id)
if c then
  put(c, 'fr', '')
  put(c, 'co', 2)
  save(c)
  if c.st == 'ended' then redis.call('PEXPIRE', c._key, ARGV[5]) end
end
put(b, 'nb', 0)
put(b, 'ng', now)
save(b)
note(now, 'callback_forgotten', about_callback(b, ''), {'w', now - num(b.xd)})
return {'ok', 1}
