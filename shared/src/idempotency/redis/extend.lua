-- Moves the end of leases, as `on_extend` in record.rs decides. Answers with 1 where the claim was still held, with 0 where it was
-- not, and with nothing where a key is no record.
-- For each key: owner, lease_until (ms).
local ARGUMENTS = 2

local answers = {}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * ARGUMENTS
  local owner, lease_until = unpack(ARGV, at + 1, at + ARGUMENTS)
  local stored = redis.pcall('HMGET', key, 'status', 'owner', 'in_progress_expiration')
  local status, held_by, lease = unpack(stored)
  answers[i] = not stored.err and 0
  if status == 'INPROGRESS' and held_by == owner then
    redis.call('HSET', key, 'in_progress_expiration', lease_until)
    if lease then live_longer(key, tonumber(lease_until) - tonumber(lease)) end
    answers[i] = 1
  end
end
return answers
