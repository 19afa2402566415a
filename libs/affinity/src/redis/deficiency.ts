import type { Redis } from 'ioredis';

/** What keeps a Redis from serving affinity; undefined if nothing does. */
export async function deficiencyOf(redis: Redis): Promise<string | undefined> {
  let info: string;
  try {
    info = await redis.info();
  } catch (error) {
    return `Redis cannot be reached: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (fieldOf(info, 'role') === 'slave') {
    return 'Redis is a replica, which takes no claims.';
  }
  const policy = fieldOf(info, 'maxmemory_policy');
  if (fieldOf(info, 'maxmemory') !== '0' && policy !== undefined && policy !== 'noeviction') {
    return `Redis drops keys when its memory is full (maxmemory-policy ${policy}): set it to noeviction.`;
  }
  return undefined;
}

function fieldOf(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:([^\\r\\n]*)`, 'm').exec(info)?.[1];
}
