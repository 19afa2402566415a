import type { Redis, Result } from 'ioredis';

/*
 * Each script touches one key, so that it runs on any shard of a cluster. Each is told the time after which it must do
 * nothing: a command that waited in a socket while Redis stood still would otherwise be carried out long after its caller
 * gave up, and displace who claimed since. Each answers first with Redis' time in microseconds, and `late` for that case.
 */
const PRELUDE = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local micros = string.format('%.0f', now)
if ARGV[1] ~= '' and now > tonumber(ARGV[1]) then
  return { micros, 'late' }
end
local current = redis.call('GET', KEYS[1])
`;

const EPOCH = `
local epoch = current and tonumber(string.match(current, '^%d+'))
`;

/** Deadline, holder → epoch, previous entry. */
const CLAIM = `${PRELUDE}${EPOCH}
local granted = now
if epoch and epoch >= granted then
  granted = epoch + 1
end
local text = string.format('%.0f', granted)
redis.call('SET', KEYS[1], text .. '\\n' .. ARGV[2])
return { micros, text, current }
`;

/** Deadline, epoch, holder → whether it was set. */
const RECLAIM = `${PRELUDE}${EPOCH}
if epoch and epoch > tonumber(ARGV[2]) then
  return { micros, 'no' }
end
redis.call('SET', KEYS[1], ARGV[2] .. '\\n' .. ARGV[3])
return { micros, 'yes' }
`;

/** Deadline, epoch, milliseconds for which the epoch is remembered. */
const RELEASE = `${PRELUDE}${EPOCH}
if epoch == tonumber(ARGV[2]) then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return { micros, 'yes' }
`;

/** The first line of a lease. */
const INCARNATION = `
local incarnation = current and string.match(current, '^[^\\n]*')
`;

/** Deadline, incarnation, lease, milliseconds, `start` if there may be no such lease yet → whether the lease lives. */
const RENEW = `${PRELUDE}${INCARNATION}
if incarnation ~= ARGV[2] and ARGV[5] ~= 'start' then
  return { micros, 'no' }
end
redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4])
return { micros, 'yes' }
`;

/** Deadline, incarnation. */
const END = `${PRELUDE}${INCARNATION}
if incarnation == ARGV[2] then
  redis.call('DEL', KEYS[1])
end
return { micros, 'yes' }
`;

/** Deadline, level, receiver, entry, an entry that does not count → whether it was set, previous entry. */
const OWN = `${PRELUDE}
if current and current ~= ARGV[5] then
  local level, receiver = string.match(current, '^(%-?%d+)\\n([^\\n]*)')
  if receiver ~= ARGV[3] and tonumber(level) > tonumber(ARGV[2]) then
    return { micros, 'no', current }
  end
end
redis.call('SET', KEYS[1], ARGV[4])
return { micros, 'yes', current }
`;

/** Deadline, receiver. */
const DISOWN = `${PRELUDE}
if current and string.match(current, '^%-?%d+\\n([^\\n]*)') == ARGV[2] then
  redis.call('DEL', KEYS[1])
end
return { micros, 'yes' }
`;

/** Deadline → since when the store holds something, in microseconds. */
const SINCE = `${PRELUDE}
if not current then
  redis.call('SET', KEYS[1], micros)
end
return { micros, current or micros }
`;

const SCRIPTS = {
  affinityClaim: CLAIM,
  affinityReclaim: RECLAIM,
  affinityRelease: RELEASE,
  affinityRenew: RENEW,
  affinityEnd: END,
  affinityOwn: OWN,
  affinityDisown: DISOWN,
  affinitySince: SINCE,
} as const;

export type ScriptName = keyof typeof SCRIPTS;

/** Redis' time, the outcome, and what stood there. */
export type ScriptReply = readonly [micros: string, outcome: string, current?: string | null];

declare module 'ioredis' {
  // Merged into the library's own type: its parameter has to be named as it is there.
  interface RedisCommander<Context> extends Record<ScriptName, (...args: string[]) => Result<ScriptReply, Context>> {}
}

/** Makes the scripts commands of the client, which sends their hash, and the whole text where Redis does not know it. */
export function defineScripts(redis: Redis): void {
  for (const [name, lua] of Object.entries(SCRIPTS)) {
    redis.defineCommand(name, { lua, numberOfKeys: 1 });
  }
}
