-- What the scripts share about promises after a call. It stands behind _common.lua.

local function about_follow_up(f, by, now)
  return {'c', f.c, 'l', f.l, 'tm', f.tm, 'cl', f.cl, 'r', by, 'ct', f.ct, 'du', num(f.du) - num(f.st),
    'si', now - num(f.st), 'nb', f.nb or ''}
end

-- Whether the caller's number was presented; '' when the call's record is gone.
local function shown(id)
  local c = load_call(id)
  if not c then return '' end
  return c.wh == '1' and 'withheld' or 'presented'
end

-- Starts a clock, once for each call and category; one that was ended as a mistake
-- may start anew. f: c, ct, by, st, du, tm, l, cl, and rp, whom it is owed to. nb, whether
-- the caller's number was presented, is looked up.
local function start_follow_up(f, now)
  local id = f.c .. '/' .. f.ct
  local old = load(P .. 'followup:' .. id)
  if old and old.how ~= 'mistaken' then return old, 0 end
  redis.call('DEL', P .. 'followup:' .. id)
  redis.call('ZREM', P .. 'follow_review', id)
  f._key, f._set, f.nb = P .. 'followup:' .. id, {}, shown(f.c)
  for _, field in ipairs({'c', 'ct', 'by', 'st', 'du', 'tm', 'l', 'cl', 'rp', 'nb'}) do put(f, field, f[field] or '') end
  save(f)
  redis.call('ZADD', P .. 'follow_due', f.du, id)
  note(now, 'follow_up', about_follow_up(f, f.by, now), {'w', most(0, now - num(f.st))})
  return f, 1
end

-- A clock has run out: once each, into the ledger and onto the review list.
local function miss_follow_up(f, id, now)
  put(f, 'mi', 1)
  save(f)
  redis.call('ZREM', P .. 'follow_due', id)
  redis.call('ZADD', P .. 'follow_late', f.du, id)
  redis.call('ZADD', P .. 'follow_review', f.du, id)
  note(now, 'follow_up_missed', about_follow_up(f, '', now), {'w', num(f.du) - num(f.st)})
end

-- Ends a clock that runs or ran out; 0 when it had ended before.
local function end_follow_up(f, by, at, how, keep_ms, now)
  if f.dn then return 0 end
  local id = f.c .. '/' .. f.ct
  if num(at) > num(f.du) and not f.mi then miss_follow_up(f, id, now) end
  put(f, 'dn', at)
  put(f, 'how', how)
  put(f, 'dby', by)
  save(f)
  redis.call('ZREM', P .. 'follow_due', id)
  redis.call('ZREM', P .. 'follow_late', id)
  note(now, 'follow_up_done', about_follow_up(f, by, now),
    {'w', most(0, num(at) - num(f.st)), 'why', how, 'mi', f.mi or ''})
  if not f.mi or f.why then redis.call('PEXPIRE', f._key, keep_ms) end
  return 1
end

-- Callbacks. A callback has two clocks, which are promises like the others: to the
-- first attempt, and to its end.

local function load_callback(id) return load(P .. 'callback:' .. id) end

local function about_callback(b, by) return {'c', b.c, 'l', b.l, 'tm', b.tm, 'cl', b.cl, 'by', by, 'n', num(b.n)} end

local function end_clock(b, category, by, at, how, keep_ms, now)
  local f = load(P .. 'followup:' .. b.c .. '/' .. category)
  if f then end_follow_up(f, by, at, how, keep_ms, now) end
end

-- Counts an attempt; the first ends its clock, and the other is what is due next.
local function attempt_callback(b, by, at, result, keep_ms, now)
  if num(b.n) == 0 then
    end_clock(b, 'callback.attempt', by, at, 'attempted', keep_ms, now)
    redis.call('ZADD', P .. 'callbacks', b.xd, b.c)
  end
  put(b, 'n', num(b.n) + 1)
  put(b, 'la', at)
  put(b, 'lb', by)
  put(b, 'lw', result)
  note(now, 'callback_attempt', about_callback(b, by), {'why', result, 'w', most(0, num(at) - num(b.st))})
end

-- First tries. A caller whose number is known has a need from their first try until
-- somebody is connected to them, or until they have been silent for long. It is kept
-- with their place: f when the first try was, mi 1 once it took too long; c l tm cl of
-- the last try. Professionals ring from switchboards, which are no single person.

-- Adds to an entry how long ago the first try was, and ends the need.
local function end_need(c, fields, now)
  local own = num(c.fi) < num(c.rc) or c.cl ~= 'professional'
  if (c.ix or '') == '' or num(c.fi) == 0 or not own then return end
  local missed = redis.call('HGET', P .. 'redial:' .. c.ix, 'mi')
  redis.call('ZREM', P .. 'unreached', c.ix)
  for _, v in ipairs({'fm', now - num(c.fi), 'mi', missed or ''}) do fields[#fields + 1] = v end
end

-- A try came to nothing: the need goes on. Outcomes that lead elsewhere end it.
local function keep_need(c, again, outcome, within)
  if outcome ~= 'abandoned' and outcome ~= 'failed' then
    redis.call('HSET', again, 'f', '', 'mi', '')
    redis.call('ZREM', P .. 'unreached', c.ix)
    return
  end
  if num(c.fi) == 0 or c.cl == 'professional' then return end
  if num(c.fi) == num(c.rc) then redis.call('HSET', again, 'mi', '') end
  redis.call('HSET', again, 'f', c.fi, 'c', c.id, 'l', c.ln or '', 'tm', c.tm or '', 'cl', c.cl or '')
  if (redis.call('HGET', again, 'mi') or '') == '' then redis.call('ZADD', P .. 'unreached', num(c.fi) + within, c.ix) end
end
