import { keyOfName } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { c2dqueue } from '@mooring/proto';
import { MAX_COUNTS } from '../limits.js';
import { identityName } from '../queue/identity-name.js';
import type { HeadStore } from '../store/head-store.js';
import type { CurrentIdentities } from './current-identities.js';

/** Counts and purges whole queues. */
export class Counting {
  constructor(
    private readonly heads: HeadStore,
    private readonly identities: CurrentIdentities,
  ) {}

  /** @throws HubError `ArgumentInvalid` if too many are asked for, or one is no identity */
  async count({ keys }: c2dqueue.CountRequest): Promise<c2dqueue.CountResponse> {
    if (keys.length > MAX_COUNTS) {
      throw new HubError('ArgumentInvalid', `At most ${MAX_COUNTS} queues can be counted.`);
    }
    const names = keys.map(identityName);
    const queues = await this.heads.read(names);
    return { counts: names.map((name) => queues.get(name)?.length ?? 0) };
  }

  /** @throws HubError `ArgumentInvalid`, `DeviceNotFound`, `ModuleNotFound` */
  async purge({ key }: c2dqueue.PurgeRequest): Promise<c2dqueue.PurgeResponse> {
    const name = identityName(key);
    await this.identities.generation(keyOfName(name));
    const purgedMessageCount = await this.heads.change(name, (queue) => queue.purge());
    return { purgedMessageCount };
  }
}
