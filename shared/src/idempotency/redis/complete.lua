-- Records results, as `on_complete` in record.rs decides. Answers with 1 where it has, and with the record,
-- empty if there is none, where it has not; with nothing where a key is no record.
-- For each key: owner, expires_at (s), has_data ('1' or ''), data.
local ARGUMENTS = 4

local answers = {}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * ARGUMENTS
  local owner, expires_at, has_data, data = unpack(ARGV, at + 1, at + ARGUMENTS)
  local stored = redis.pcall('HMGET', key, 'status', 'owner', 'expiration')
  local status, held_by, expiration = unpack(stored)
  if stored.err then
    answers[i] = false
  elseif status == 'INPROGRESS' and held_by == owner then
    redis.call('HSET', key, 'status', 'COMPLETED', 'expiration', expires_at)
    if has_data == '1' then redis.call('HSET', key, 'data', data) end
    live_longer(key, (tonumber(expires_at) - tonumber(expiration)) * 1000)
    answers[i] = 1
  else
    answers[i] = redis.call('HGETALL', key)
  end
end
return answers
