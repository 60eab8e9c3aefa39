-- scan: the matcher this package does not have, for the benchmarks to compare
-- with: at every event walk the queue in order and, for each call, intersect the
-- idle with those who have its skills; the first pair wins.
-- KEYS[1] prefix
-- Returns call and responder, or nothing
local P = KEYS[1]
for _, call in ipairs(redis.call('ZRANGE', P .. 'waiting', 0, -1)) do
  local skill = redis.call('HGET', P .. 'need', call)
  local idle = redis.call('ZINTER', 2, P .. 'idle', P .. 'skilled:' .. skill)
  if idle[1] then return {call, idle[1]} end
end
return {}
