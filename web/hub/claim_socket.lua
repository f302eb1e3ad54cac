-- Take or keep a place among an operator's sockets.
-- KEYS[1] the operator's places (sorted set: socket -> second when the place lapses);
-- ARGV[1] the socket, ARGV[2] how many places there are, ARGV[3] seconds until an unrenewed place lapses.
-- Returns 1 if the socket has a place, else 0.
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local held = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not held and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
