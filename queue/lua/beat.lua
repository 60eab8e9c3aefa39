-- beat: the caller's leg is alive.
-- KEYS[1] prefix
-- ARGV[1] call
-- ARGV[2] the carrier's queue; '' not known
-- ARGV[3] when its leg must be looked up
-- Returns ok, 0, call
local c = load_call(ARGV[1])
if not c then
  undue('live', ARGV[1])
  return {'nocall'}
end
if c.st ~= 'wrap_up' and c.st ~= 'ended' then
  if ARGV[2] ~= '' and c.qs ~= ARGV[2] then
    put(c, 'qs', ARGV[2])
    save(c)
  end
  due('live', c.id, ARGV[3])
end
return {'ok', 0, call_packed(c)}
