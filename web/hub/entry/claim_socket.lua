-- Take or keep places among operators' sockets, in this order.
-- KEYS[i] the places of the i-th socket's operator (sorted set: socket -> second when the place lapses);
-- ARGV[1] how many places an operator has, ARGV[2] seconds until an unrenewed place lapses, ARGV[i + 2] the i-th socket.
-- Returns for each 1 if it has a place, else 0.
local most, lasts = tonumber(ARGV[1]), tonumber(ARGV[2])
local now = tonumber(redis.call('TIME')[1])
local taken = {}
for i, key in ipairs(KEYS) do
  local socket = ARGV[i + 2]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', key, '(' .. now + lasts, '+inf')  -- the clock was set back since
  if redis.call('ZSCORE', key, socket) or redis.call('ZCARD', key) < most then
    redis.call('ZADD', key, now + lasts, socket)
    redis.call('EXPIRE', key, lasts)
    taken[i] = 1
  else
    taken[i] = 0
  end
end
return taken
