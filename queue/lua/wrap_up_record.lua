-- wrap_up_record: somebody says what came of a call. What is said later takes the
-- place of what was said before; the ledger has both.
-- KEYS[1] prefix
-- ARGV[1] now
-- ARGV[2] call
-- ARGV[3] who records it
-- ARGV[4] code of the outcome; '' not said
-- ARGV[5] hard 0|1
-- ARGV[6] duty to refer; '' it did not come up
-- ARGV[7] response category; '' not said, none when nobody need be seen
-- ARGV[8] when its clock started
-- ARGV[9] when it is due; 0 when the category was said before
-- ARGV[10] time within which a debrief is offered after a hard call, ms
-- ARGV[11] how long it is kept, ms
-- ARGV[12] when the call was received, as the ledger tells it; 0 not looked up
-- ARGV[13] line, likewise
-- ARGV[14] team
-- ARGV[15] caller
-- ARGV[16] responder
-- Returns ok, first 0|1, the record's fields and values; or nocall, notanswered, noclock
local now, id = tonumber(ARGV[1]), ARGV[2]
local key = P .. 'wrapup:' .. id
local w, c = load(key), load_call(id)
if not w then
  w = {_key = key, _set = {}, c = id}
  if c then
    if num(c.cn) == 0 then return {'notanswered'} end
    w.rc, w.l, w.tm, w.cl, w.r = c.rc, c.ln, c.tm, c.cl, (c.rp or '') ~= '' and c.rp or c.pf
  elseif num(ARGV[12]) > 0 then
    w.rc, w.l, w.tm, w.cl, w.r = ARGV[12], ARGV[13], ARGV[14], ARGV[15], ARGV[16]
  else
    return {'nocall'}
  end
  for _, field in ipairs({'c', 'rc', 'l', 'tm', 'cl', 'r'}) do put(w, field, w[field] or '') end
end
local said = {cd = ARGV[4], hd = ARGV[5], dr = ARGV[6], ct = ARGV[7]}
local changed, before = not w.up, {ct = w.ct or '', hd = w.hd}
for field, value in pairs(said) do changed = changed or w[field] ~= value end
if not changed then return {'ok', 0, redis.call('HGETALL', key)} end
local clock = said.ct ~= '' and said.ct ~= 'none'
if clock and said.ct ~= before.ct and num(ARGV[9]) == 0 then return {'noclock'} end
for field, value in pairs(said) do put(w, field, value) end
put(w, 'by', ARGV[3])
put(w, 'up', now)
save(w)
redis.call('PEXPIRE', key, ARGV[11])
note(now, 'wrap_up_record', {'c', id, 'l', w.l, 'tm', w.tm, 'cl', w.cl, 'r', w.r, 'by', ARGV[3], 'cd', w.cd,
  'hd', w.hd == '1' and 1 or '', 'dr', w.dr, 'ct', w.ct, 'w', most(0, now - num(w.rc))})

-- The clocks follow: one that was started by mistake ends as that.
local function mistaken(category)
  local f = load(P .. 'followup:' .. id .. '/' .. category)
  if f then end_follow_up(f, ARGV[3], now, 'mistaken', ARGV[11], now) end
end
local function starts(category, at, due, owed_to)
  start_follow_up({c = id, ct = category, by = ARGV[3], st = at, du = due, tm = w.tm, l = w.l, cl = w.cl, rp = owed_to}, now)
end
if before.ct ~= w.ct and before.ct ~= '' and before.ct ~= 'none' then mistaken(before.ct) end
if clock and num(ARGV[9]) > 0 then starts(w.ct, ARGV[8], ARGV[9]) end
if w.hd == '1' then
  local at = c and c.st == 'wrap_up' and num(c.ls) or now
  starts('debrief.offered', at, at + num(ARGV[10]), w.r)
elseif before.hd == '1' then
  mistaken('debrief.offered')
end
return {'ok', 1, redis.call('HGETALL', key)}
