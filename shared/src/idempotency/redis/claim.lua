-- Claims keys, as `on_claim` in record.rs decides. Answers with the attempts of a claim that is won, below
-- zero if it is in doubt, and with the record, by which the caller learns why, of one that is not; with nothing where a key is no record.
-- For each key: owner, validation ('' if payloads are not compared), free_before (ms), forgotten_before (s),
-- orphans (what is made of them: 'take', 'park' or 'doubt'), lease_until (ms), expires_at (s), lifetime (ms).
local ARGUMENTS = 8

-- Decimal numbers, of which Lua could not tell the large ones apart.
local function less(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end

local function next_step(stored, owner, validation, free_before, forgotten_before, orphans)
  local status, held_by, lease, expiration, hash = unpack(stored)
  if not status then return 'take' end
  if status == 'INPROGRESS' and held_by == owner then return 'keep' end
  local forgotten = less(expiration, forgotten_before)
  if status == 'COMPLETED' and forgotten then return 'take' end
  if hash and validation ~= '' and hash ~= validation then return 'keep' end
  if status == 'QUARANTINED' and orphans == 'doubt' then return 'doubt' end
  if status ~= 'INPROGRESS' then return 'keep' end
  if lease == '0' then return 'take' end
  local free = forgotten
  if lease then free = less(lease, free_before) end
  if not free then return 'keep' end
  return orphans
end

local answers = {}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * ARGUMENTS
  local owner, validation, free_before, forgotten_before, orphans, lease_until, expires_at, lifetime =
    unpack(ARGV, at + 1, at + ARGUMENTS)
  local stored = redis.pcall('HMGET', key,
    'status', 'owner', 'in_progress_expiration', 'expiration', 'validation', 'attempts',
    'last_error')
  local step = stored.err and 'fail' or next_step(stored, owner, validation, free_before, forgotten_before, orphans)
  if step == 'take' or step == 'doubt' then
    local attempts = (tonumber(stored[6]) or 0) + 1
    redis.call('DEL', key)
    redis.call('HSET', key, 'status', 'INPROGRESS', 'owner', owner, 'in_progress_expiration', lease_until,
      'expiration', expires_at, 'attempts', attempts)
    if validation ~= '' then redis.call('HSET', key, 'validation', validation) end
    redis.call('PEXPIRE', key, lifetime)
    answers[i] = attempts
    if step == 'doubt' then
      redis.call('HSET', key, 'last_error', stored[7] or 'Orphaned')
      answers[i] = -attempts
    end
  elseif step == 'fail' then
    answers[i] = false
  else
    if step == 'park' then
      redis.call('HSET', key, 'status', 'QUARANTINED', 'last_error', 'Orphaned')
      redis.call('HDEL', key, 'owner')
    end
    answers[i] = redis.call('HGETALL', key)
  end
end
return answers
