-- An answer came: count its windows from now, and hold who has to wait (microseconds).
-- Returns 1 where everybody is held, else 0.
local born_key, recent_key, all_hold_key, chat_key, hold_key, group_key, refused_key = unpack(KEYS)
local ticket, all_window, chat_interval, group_interval, hold = unpack(ARGV, 1, 5)
local chat, has_group, everybody, now = ARGV[6], ARGV[7] == '1', ARGV[8] == '1', tonumber(ARGV[9])
local longest_hold_all, longest_hold, group_burst = unpack(ARGV, 10, 12)
local SLACK_MS, REFUSED_TOGETHER_MS = 60000, 5000

if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function at(key, otherwise, longest)
  local moment = tonumber(redis.call('GET', key) or otherwise)
  return moment > now + longest and otherwise or moment
end
local function whole(number) return string.format('%.0f', number) end
local function keep(key, moment)
  redis.call('SET', key, whole(moment), 'PX', math.ceil((moment - now) / 1000) + SLACK_MS)
end

redis.call('ZADD', recent_key, whole(now + all_window), ticket)
redis.call('PEXPIRE', recent_key, SLACK_MS)
if chat ~= '' then keep(chat_key, now + chat_interval) end
if has_group then
  local born = at(born_key, now, 0)
  local tat = at(group_key, born + group_interval, (group_burst + 2) * group_interval)
  keep(group_key, math.max(tat, now + group_interval))
end
hold = tonumber(hold)
if hold <= 0 then return 0 end

-- A wait is that of who was refused. Telegram does not say whom a 429 means: two refused within seconds of each
-- other show that it means everybody, who waits no longer than the shorter of the two, and then somebody tries.
keep(hold_key, math.max(at(hold_key, 0, longest_hold), now + math.min(hold, longest_hold)))
local before, shared = redis.call('HMGET', refused_key, 'who', 'hold'), hold
redis.call('HSET', refused_key, 'who', chat, 'hold', whole(hold))
redis.call('PEXPIRE', refused_key, REFUSED_TOGETHER_MS)
if before[1] and before[1] ~= chat then
  everybody, shared = true, math.min(hold, tonumber(before[2]))
end
if not everybody then return 0 end
keep(all_hold_key, math.max(at(all_hold_key, 0, longest_hold_all), now + math.min(shared, longest_hold_all)))
return 1
