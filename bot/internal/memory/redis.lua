-- What a store does, see record.go, as a whole and in one place. All keys have one
-- hash tag, so that a Cluster keeps them together.
--
-- A Redis that has no memory left refuses the first command of a script that may
-- need some, and none after a command that has changed something. So each function
-- that makes room, or needs none, first removes something: it is done as a whole,
-- and so is one that only adds, by being refused at its first command.
local records, due, untils, owners, counters = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local maxTime = 9007199254740991 -- 2^53-1
local nobody = string.rep('\0', 16)

local function number(n) return string.format('%.0f', n) end

local function get(key)
  local stored = redis.call('HGET', records, key)
  if not stored then return nil end
  local r = {key = key, stored = stored}
  r.format, r.version, r.at, r.due, r.till, r.owner = struct.unpack('>BI8I8I8I8c16', stored)
  return r
end

local function live(r, now) return r and r.till > now end

local function size(r) return #r.key + #r.stored end

-- Either class of records has a bound of its own, see record.go.
local classes = {'entries', 'marks'}

local function class(key)
  if string.sub(key, 1, 1) == 'e' then return 'entries' end
  return 'marks'
end

-- How many there are of a class, and their size.
local function held(of)
  return tonumber(redis.call('HGET', counters, of) or '0'), tonumber(redis.call('HGET', counters, of .. ' bytes') or '0')
end

-- n is 1 for a record that came, -1 for one that went.
local function count(r, n)
  redis.call('HINCRBY', counters, class(r.key), n)
  redis.call('HINCRBY', counters, class(r.key) .. ' bytes', n * size(r))
end

local function place(r) return r.owner .. struct.pack('>I8', maxTime - r.at) .. r.key end

local function remove(r)
  redis.call('HDEL', records, r.key)
  redis.call('ZREM', due, r.key)
  redis.call('ZREM', untils, r.key)
  if r.owner ~= nobody then redis.call('ZREM', owners, place(r)) end
  count(r, -1)
end

-- There is none with its key.
local function add(r, value)
  r.stored = struct.pack('>BI8I8I8I8', 1, r.version, r.at, r.due, r.till) .. r.owner .. value
  redis.call('HSET', records, r.key, r.stored)
  redis.call('ZADD', untils, number(r.till), r.key)
  if r.due > 0 then redis.call('ZADD', due, number(r.due), r.key) end
  if r.owner ~= nobody then redis.call('ZADD', owners, 0, place(r)) end
  count(r, 1)
end

-- Versions grow even if Redis lost what it had: they are never behind the time.
local function nextVersion(now)
  local version = math.max(tonumber(redis.call('HGET', counters, 'version') or '0') + 1, now)
  redis.call('HSET', counters, 'version', number(version))
  return version
end

-- It is in no order of what is due.
local function move(r, version, when)
  redis.call('HSET', records, r.key, struct.pack('>BI8I8I8I8', 1, version, r.at, when, r.till) .. string.sub(r.stored, 34))
  if when > 0 then redis.call('ZADD', due, number(when), r.key) end
end

-- What nobody drops, since no replica runs any more, goes by itself with the last
-- of it; the record that says what this store is doesn't keep it.
local function expire()
  local last = redis.call('ZREVRANGE', untils, 0, 1, 'WITHSCORES')
  local when = last[2]
  if last[1] and string.sub(last[1], 1, 1) == 'm' and last[4] then when = last[4] end
  if not when then return end
  for _, key in ipairs(KEYS) do redis.call('PEXPIREAT', key, number(tonumber(when))) end
end

local function sweep(now, n)
  local keys = redis.call('ZRANGEBYSCORE', untils, '-inf', number(now), 'LIMIT', 0, n)
  for _, key in ipairs(keys) do
    local r = get(key)
    if r then remove(r) else redis.call('ZREM', untils, key) end
  end
  return #keys
end

local run = {}

function run.get(key)
  local r = get(key)
  return r and {r.stored} or {}
end

function run.write(now, maxEntries, maxBytes, sweepAtOnce, ...)
  now, maxEntries, maxBytes = tonumber(now), tonumber(maxEntries), tonumber(maxBytes)
  local args, writes, repeated = {...}, {}, nil
  for i = 1, #args, 9 do
    local w = {key = args[i], was = tonumber(args[i + 1]), drop = args[i + 2] == '1',
      at = tonumber(args[i + 3]), due = tonumber(args[i + 4]), till = tonumber(args[i + 5]),
      owner = args[i + 6], value = args[i + 7], own = args[i + 8]}
    local r = get(w.key)
    local is = r and r.version or 0
    local value = r and string.sub(r.stored, 50)
    local own = r and w.own ~= '' and (value == w.own or value == w.value)
    if not (w.was == -1 or w.was == is or ((w.was == 0 or w.drop) and not live(r, now)) or own) then
      -- Sealed values are never the same twice: it is this very write, whose
      -- answer was lost and which the client repeats.
      if r and not w.drop and value == w.value then
        repeated = is
      else
        return {'changed'}
      end
    end
    writes[#writes + 1] = w
  end
  if repeated then return {'ok', repeated} end

  -- Whether a class would grow past its bound.
  local function over()
    for _, of in ipairs(classes) do
      local n, bytes = held(of)
      local after, afterBytes = n, bytes
      for _, w in ipairs(writes) do
        if class(w.key) == of then
          local r = get(w.key)
          if r then after, afterBytes = after - 1, afterBytes - size(r) end
          if not w.drop then after, afterBytes = after + 1, afterBytes + #w.key + 49 + #w.value end
        end
      end
      if (after > n or afterBytes > bytes) and (after > maxEntries or afterBytes > maxBytes) then return true end
    end
    return false
  end
  while over() do
    if sweep(now, tonumber(sweepAtOnce)) == 0 then return {'full'} end
  end

  for _, w in ipairs(writes) do
    local r = get(w.key)
    if r then remove(r) end
  end
  local version = nextVersion(now)
  for _, w in ipairs(writes) do
    w.version = version
    if not w.drop then add(w, w.value) end
  end
  expire()
  return {'ok', version}
end

function run.due(now, till, n)
  now, till = tonumber(now), tonumber(till)
  local found = {}
  local keys = redis.call('ZRANGEBYSCORE', due, '-inf', number(now), 'LIMIT', 0, n)
  if #keys == 0 then return found end
  redis.call('ZREM', due, unpack(keys))
  local version = nextVersion(now)
  for _, key in ipairs(keys) do
    local r = get(key)
    if r and not live(r, now) then
      remove(r)
    elseif r then
      move(r, version, till)
      found[#found + 1] = key
      found[#found + 1] = struct.pack('>BI8I8I8I8', 1, version, r.at, r.due, r.till) .. string.sub(r.stored, 34)
    end
  end
  return found
end

function run.later(now, ...)
  local args, version = {...}, nil
  for i = 1, #args, 3 do
    local r = get(args[i])
    if r and r.version == tonumber(args[i + 1]) then
      redis.call('ZREM', due, r.key)
      version = version or nextVersion(tonumber(now))
      move(r, version, tonumber(args[i + 2]))
    end
  end
  return {}
end

function run.list(now, owner, n)
  local found = {}
  local last = owner .. string.rep('\255', 26)
  local from = '[' .. owner
  now, n = tonumber(now), tonumber(n)
  for _, member in ipairs(redis.call('ZRANGEBYLEX', owners, from, '[' .. last)) do
    local key = string.sub(member, 25)
    local r = get(key)
    if #found >= 2 * n then break end
    if live(r, now) then
      found[#found + 1] = key
      found[#found + 1] = r.stored
    end
  end
  return found
end

function run.sweep(now, n)
  return {sweep(tonumber(now), tonumber(n))}
end

function run.size()
  local entries, bytes = held('entries')
  local marks, markBytes = held('marks')
  return {entries, bytes, marks, markBytes}
end

return run[ARGV[1]](unpack(ARGV, 2))
