-- An answer came: count its windows from now, and hold who has to wait (microseconds).
-- Returns 1 where everybody is held, else 0.
local born_key, recent_key, all_hold_key, chat_key, chat_hold_key, group_key, refused_key = unpack(KEYS)
local ticket, all_window, chat_interval, group_interval, hold = unpack(ARGV, 1, 5)
local chat, has_group, everybody, now = ARGV[6], ARGV[7] == '1', ARGV[8] == '1', tonumber(ARGV[9])
local SLACK_MS, REFUSED_TOGETHER_MS = 60000, 5000

if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local function at(key, otherwise) return tonumber(redis.call('GET', key) or otherwise) end
local function whole(number) return string.format('%.0f', number) end
local function keep(key, moment)
  redis.call('SET', key, whole(moment), 'PX', math.ceil((moment - now) / 1000) + SLACK_MS)
end

redis.call('ZADD', recent_key, whole(now + all_window), ticket)
redis.call('PEXPIRE', recent_key, SLACK_MS)
if chat ~= '' then keep(chat_key, now + chat_interval) end
if has_group then
  local born = at(born_key, now)
  keep(group_key, math.max(at(group_key, born + group_interval), now + group_interval))
end
if tonumber(hold) <= 0 then return 0 end

-- Telegram does not say whom a 429 means. Two chats refused within seconds of each other: it means everybody.
if chat == '' then
  everybody = true
else
  local before = redis.call('GET', refused_key)
  everybody = everybody or (before and before ~= chat)
  redis.call('SET', refused_key, chat, 'PX', REFUSED_TOGETHER_MS)
end
local held = everybody and all_hold_key or chat_hold_key
keep(held, math.max(at(held, 0), now + hold))
return everybody and 1 or 0
