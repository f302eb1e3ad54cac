-- Take a place for one try in every window, or in none.
-- KEYS the windows (sorted sets: try -> when, in microseconds); ARGV[1] the try, then for each key: count, microseconds.
-- Returns 0, or how long to wait, in microseconds.
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
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  redis.call('ZADD', key, string.format('%.0f', now), ARGV[1])
  redis.call('PEXPIRE', key, math.ceil(ARGV[2 * i + 1] / 1000))
end
return 0
