-- Moves the end of a key's life as far as the record's own. Redis's clock and the workers' never meet: an end is
-- moved, not set. It never comes nearer, since a record that is forgotten too early is one that does nothing.
local LONGEST = 100 * 365 * 86400 * 1000
local function live_longer(key, by)
  local left = redis.call('PTTL', key)
  if left > 0 and by > 0 then
    redis.call('PEXPIRE', key, string.format('%.0f', math.min(left + by, LONGEST)))
  end
end

