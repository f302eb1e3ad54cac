-- May one request go to Telegram? Returns 0: go; 1: go, as the one probe; else -milliseconds to wait.
local circuit_key, probe_key = KEYS[1], KEYS[2]
local probe_ms, look_again_ms, longest_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])

local retry_at = redis.call('HGET', circuit_key, 'retry_at')
if not retry_at then return 0 end
local time = redis.call('TIME')
local wait = retry_at - (time[1] * 1000 + math.floor(time[2] / 1000))
-- A pause, or a probe, that would last longer than any was written before the clock was set back: it is void.
if wait > 0 and wait <= longest_ms then return -wait end
local left = redis.call('PTTL', probe_key)
if left == -1 or left > probe_ms then redis.call('DEL', probe_key) end
if redis.call('SET', probe_key, '1', 'NX', 'PX', probe_ms) then return 1 end
return -look_again_ms
