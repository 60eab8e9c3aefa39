-- import: entries of a call that was answered while the store was gone.
-- KEYS[1] prefix
-- ARGV[1] call
-- ARGV[2] how long the import is remembered, ms
-- ARGV[3..] for each entry its time, how many values it has, the values
-- Returns ok, 1 the call is known here and must be finished instead | 0
local seen = redis.call('SET', P .. 'imported:' .. ARGV[1], 1, 'NX', 'PX', ARGV[2])
if redis.call('EXISTS', P .. 'call:' .. ARGV[1]) == 1 then return {'ok', 1} end
if not seen then return {'ok', 0} end
local at = 3
while at <= #ARGV do
  local n, more = tonumber(ARGV[at + 1]), {}
  for i = at + 2, at + 1 + n, 2 do
    if ARGV[i] ~= 't' and ARGV[i] ~= 'k' then
      more[#more + 1] = ARGV[i]
      more[#more + 1] = ARGV[i + 1]
    end
  end
  far(ARGV[1], note(ARGV[at], ARGV[at + 5], more))
  at = at + 2 + n
end
return {'ok', 0}
