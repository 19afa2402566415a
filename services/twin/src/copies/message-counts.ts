import { keyOfName } from '@mooring/credentials';
import type { c2dqueue } from '@mooring/proto';
import { withMessageCount } from '../domain/copies.js';
import type { OwnedTwins } from '../store/owned-twins.js';
import { ignoreUnknown } from './connection-copies.js';

export interface MessageCountsOptions {
  readonly queue: Pick<c2dqueue.C2dQueueService, 'count'>;
  readonly owned: OwnedTwins;
}

/** Keeps the numbers of queued messages in twins. */
export class MessageCounts {
  constructor(private readonly options: MessageCountsOptions) {}

  /** @param names at most 1,000 */
  async copy(names: readonly string[]): Promise<void> {
    const { queue, owned } = this.options;
    const { counts } = await queue.count({ keys: names.map(keyOfName) });
    await Promise.all(
      names.map((name, index) =>
        ignoreUnknown(
          owned.changeCurrent(name, (twin) => ({
            twin: withMessageCount(twin, counts[index] ?? 0),
            result: undefined,
          })),
        ),
      ),
    );
  }
}
