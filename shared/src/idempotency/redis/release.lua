-- Hands claims back, as `on_release` in record.rs decides. Answers with 1 where the claim was still held, with 0 where it was
-- not, and with nothing where a key is no record.
-- For each key: owner, park ('1' or ''), last_error ('' to keep the one there is).
local ARGUMENTS = 3

local answers = {}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * ARGUMENTS
  local owner, park, last_error = unpack(ARGV, at + 1, at + ARGUMENTS)
  local stored = redis.pcall('HMGET', key, 'status', 'owner')
  local status, held_by = unpack(stored)
  answers[i] = not stored.err and 0
  if status == 'INPROGRESS' and held_by == owner then
    if park == '1' then
      redis.call('HSET', key, 'status', 'QUARANTINED')
    else
      redis.call('HSET', key, 'in_progress_expiration', '0')
    end
    redis.call('HDEL', key, 'owner')
    if last_error ~= '' then redis.call('HSET', key, 'last_error', last_error) end
    answers[i] = 1
  end
end
return answers
