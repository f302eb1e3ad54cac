-- Append to a stream whatever follows its last entry, and only that.
-- KEYS[1] the stream; ARGV[1] its greatest length, ARGV[2] seconds to keep it after its last entry,
-- ARGV[3] the seq before the first one to accept where the stream is empty;
-- then five values an entry, ascending: the seq before it in the table, its seq, complaint id, sites, envelope.
-- Returns {last seq in the stream afterwards, entries appended}. Stops where a hole would open.
local tail = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
local last = tonumber(ARGV[3])
if tail[1] then
  last = tonumber(string.match(tail[1][1], '^(%d+)'))
end
local appended = 0
for place = 4, #ARGV, 5 do
  local before, seq = tonumber(ARGV[place]), tonumber(ARGV[place + 1])
  if before > last then
    break
  end
  if seq > last then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], ARGV[place + 1] .. '-0',
      'c', ARGV[place + 2], 's', ARGV[place + 3], 'e', ARGV[place + 4])
    last = seq
    appended = appended + 1
  end
end
if appended > 0 then
  redis.call('EXPIRE', KEYS[1], ARGV[2])
end
return {last, appended}
