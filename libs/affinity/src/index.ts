export { type AffinityOptions, type EmbeddedAffinityOptions, openAffinity, type RedisOptions } from './open.js';
export type { Affinity, Claim, Held, Holder, Located, Owner, Ownership, ProcessLease } from './port.js';
