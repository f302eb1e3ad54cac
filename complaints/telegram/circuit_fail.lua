-- A request failed: open the circuit, or, if it was the probe, keep it open for longer.
-- Failures of requests that were on their way when it opened say nothing new. One that failed `alone`, right after
-- Telegram had answered, keeps the pause as it is. Returns the failures in a row.
local circuit_key, probe_key = KEYS[1], KEYS[2]
local was_probe, reason, first_ms, longest_ms, jitter = ARGV[1] == '1', ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local alone = ARGV[6] == '1'

if was_probe then redis.call('DEL', probe_key) end
local failures = tonumber(redis.call('HGET', circuit_key, 'failures') or 0)
if failures > 0 and not was_probe then return failures end
if not alone or failures == 0 then failures = failures + 1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local pause = math.min(longest_ms, first_ms * 2 ^ math.min(failures - 1, 30)) * jitter
redis.call('HSETNX', circuit_key, 'since', string.format('%.0f', now))
redis.call('HSET', circuit_key, 'failures', failures, 'reason', reason,
  'retry_at', string.format('%.0f', now + pause))
return failures
