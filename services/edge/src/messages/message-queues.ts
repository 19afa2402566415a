import { Batcher } from '@mooring/batching';
import { HubError, isHubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import type { c2dqueue as contract } from '@mooring/proto';
import { errorOfFailure } from '@mooring/rpc';
import { splitWhenTooLarge } from '../device-session/split-when-too-large.js';

export interface MessageQueuesOptions {
  readonly c2dQueueService: Pick<contract.C2dQueueService, 'receive' | 'settle' | 'detach'>;
  readonly log: Logger;
}

/** An answer holds the messages of all who ask in one call. */
const MAX_RECEIVES = 100;
const MAX_BATCH = 500;
const CONCURRENCY = 4;
const MAX_WAITING = 100_000;

/** Cloud-to-device queues as devices see them: what many connections ask, in one call. All reject with HubErrors. */
export class MessageQueues {
  private readonly receives: Batcher<contract.ReceiveItem, contract.ReceivedMessages>;
  private readonly settlements: Batcher<contract.Settlement, HubError | undefined>;
  private readonly detaches: Batcher<contract.Receiver, undefined>;

  constructor({ c2dQueueService, log }: MessageQueuesOptions) {
    /** Once for a call, not for each of its items. */
    const failed = (error: unknown): never => {
      log.warn({ err: error }, 'the c2d-queue service could not be asked; what does not end meanwhile asks again');
      throw error;
    };
    const common = { concurrency: CONCURRENCY, maxWaiting: MAX_WAITING };
    this.receives = new Batcher({
      ...common,
      maxBatch: MAX_RECEIVES,
      call: (all) =>
        splitWhenTooLarge(all, async (items) => (await c2dQueueService.receive({ items: [...items] })).received).catch(
          failed,
        ),
    });
    this.settlements = new Batcher({
      ...common,
      maxBatch: MAX_BATCH,
      call: async (settlements) => {
        const { failures } = await c2dQueueService.settle({ settlements: [...settlements] }).catch(failed);
        return failures.map((failure) => (failure.error === '' ? undefined : errorOfFailure(failure)));
      },
    });
    this.detaches = new Batcher({
      ...common,
      maxBatch: MAX_BATCH,
      call: async (receivers) => {
        await c2dQueueService.detach({ receivers: [...receivers] });
        return receivers.map(() => undefined);
      },
    });
  }

  async receive(item: contract.ReceiveItem): Promise<contract.ReceivedMessages> {
    const received = await this.receives.add(item).catch(asHubError);
    if (received.failure !== undefined) {
      throw errorOfFailure(received.failure);
    }
    return received;
  }

  async settle(settlement: contract.Settlement): Promise<void> {
    const error = await this.settlements.add(settlement).catch(asHubError);
    if (error !== undefined) {
      throw error;
    }
  }

  async detach(receiver: contract.Receiver): Promise<void> {
    await this.detaches.add(receiver).catch(asHubError);
  }
}

function asHubError(thrown: unknown): never {
  throw isHubError(thrown)
    ? thrown
    : new HubError('ServiceUnavailable', 'The queue cannot be asked: try again later.', { cause: thrown });
}
