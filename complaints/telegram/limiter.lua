-- Ask for one request to Telegram. Every window is checked before any is charged (GCRA, microseconds).
-- Returns {granted 0|1, wait, shared 0|1, ticket}: granted, send in `wait`; refused, ask again in `wait`.
-- `shared` says that everybody waits, not this chat alone. A refusal charges nothing.
local born_key, all_key, recent_key, all_hold_key, chat_key, chat_hold_key, group_key = unpack(KEYS)
local all_interval, all_count, ahead, busy, chat_interval = unpack(ARGV, 1, 5)
local group_interval, group_burst, born_hold, born_care = unpack(ARGV, 6, 9)
local first, has_chat, has_group = ARGV[10] == '1', ARGV[11] == '1', ARGV[12] == '1'
local now = tonumber(ARGV[13])
local longest_ahead, longest_hold_all, longest_hold, all_window, messages = unpack(ARGV, 14, 18)
local SLACK_MS = 60000

if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
-- A moment further ahead than it can be was written by a clock that has been set back since: it is void.
local function at(key, otherwise, longest)
  local moment = tonumber(redis.call('GET', key) or otherwise)
  return moment > now + longest and otherwise or moment
end
local function whole(number) return string.format('%.0f', number) end
local function keep(key, moment)
  redis.call('SET', key, whole(moment), 'PX', math.ceil((moment - now) / 1000) + SLACK_MS)
end

local born = at(born_key, -1, 0)
if born < 0 then
  born = now
  redis.call('SET', born_key, whole(born))
end

-- Everybody: the only window that may be reserved ahead, by one interval (callback answers: a little further).
local slot = math.max(now, at(all_key, 0, longest_ahead))
local blocked = math.max(at(all_hold_key, 0, longest_hold_all), born + born_hold)
if blocked > slot then return {0, blocked - now, 1, 0} end
if slot - now > tonumber(ahead) then return {0, slot - now - ahead, 1, 0} end
redis.call('ZREMRANGEBYSCORE', recent_key, '-inf', whole(now))
redis.call('ZREMRANGEBYSCORE', recent_key, '(' .. whole(now + longest_ahead + busy + all_window), '+inf')
if not first and redis.call('ZCARD', recent_key) >= tonumber(all_count) then
  local soonest = redis.call('ZRANGE', recent_key, 0, 0, 'WITHSCORES')[2]
  return {0, math.max(1, math.min(soonest - now, all_interval)), 1, 0}
end

-- The target's own windows must be free at that slot: to reserve it for later would leave it empty for the others.
local busy_until, free, tat = 0, at(chat_hold_key, 0, longest_hold), 0
if has_chat then busy_until = at(chat_key, 0, longest_ahead + busy + chat_interval) end
if has_group then
  tat = math.max(slot, at(group_key, born + group_interval, (group_burst + 2) * group_interval))
  local burst = now < born + born_care and 1 or group_burst
  free = math.max(free, tat - (burst - 1) * group_interval)
end
if math.max(busy_until, free) > slot then
  -- While an answer is awaited nobody knows when the chat will be free: worth another look after an interval.
  busy_until = math.min(busy_until, now + chat_interval)
  return {0, math.max(1, busy_until - now, free - now), 0, 0}
end

keep(all_key, math.min(slot + all_interval * messages, now + longest_ahead))
redis.call('ZADD', recent_key, whole(slot + busy), whole(slot))
redis.call('PEXPIRE', recent_key, SLACK_MS)
if has_chat then keep(chat_key, slot + busy) end
if has_group then keep(group_key, tat + group_interval * messages) end
return {1, slot - now, 0, slot}
