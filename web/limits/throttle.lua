-- Take a place for one try in every window, or in none.
-- KEYS the windows (sorted sets: try -> when, in microseconds); ARGV[1] the try, then for each key: count, microseconds.
-- Returns 0 or how long to wait, then for each key how many places are left and until when there is one more; all
-- in microseconds from now.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wait = 0
for i, key in ipairs(KEYS) do
  local count, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
  redis.call('ZREMRANGEBYSCORE', key, string.format('(%.0f', now), '+inf')  -- the clock was set back since
  local tries = redis.call('ZCARD', key)
  if tries >= count then
    local first = redis.call('ZRANGE', key, tries - count, tries - count, 'WITHSCORES')[2]
    wait = math.max(wait, first + window - now, 1)
  end
end
local found = {wait}
for i, key in ipairs(KEYS) do
  local count, window = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  if wait == 0 then
    redis.call('ZADD', key, string.format('%.0f', now), ARGV[1])
    redis.call('PEXPIRE', key, math.ceil(window / 1000))
  end
  local tries = redis.call('ZCARD', key)
  local place = math.max(0, tries - count)
  local first = redis.call('ZRANGE', key, place, place, 'WITHSCORES')[2]
  table.insert(found, math.max(0, count - tries))
  table.insert(found, first and math.max(0, first + window - now) or 0)
end
return found
