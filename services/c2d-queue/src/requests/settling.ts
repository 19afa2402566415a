import { HubError } from '@mooring/errors';
import { c2dqueue, type failure } from '@mooring/proto';
import { failureOf } from '@mooring/rpc';
import type { SettledAs } from '../queue/queue-head.js';
import type { HeadStore } from '../store/head-store.js';
import { checkedReceiver, checkItems, tokenText } from './receivers.js';
import { toldError } from './told-error.js';

const OUTCOMES = new Map<c2dqueue.Outcome, SettledAs>([
  [c2dqueue.Outcome.COMPLETE, 'complete'],
  [c2dqueue.Outcome.REJECT, 'reject'],
  [c2dqueue.Outcome.ABANDON, 'abandon'],
]);

/** @throws HubError `ArgumentInvalid` */
export function settledAs(outcome: c2dqueue.Outcome): SettledAs {
  const as = OUTCOMES.get(outcome);
  if (as === undefined) {
    throw new HubError('ArgumentInvalid', 'A message is completed, rejected or abandoned.');
  }
  return as;
}

/** Ends the locks of receivers, by what became of the messages or of the connection. */
export class Settling {
  constructor(private readonly heads: HeadStore) {}

  /** @throws HubError `ArgumentInvalid` if there are too many; what else is wrong is told of each by itself */
  async settle({ settlements }: c2dqueue.SettleRequest): Promise<c2dqueue.SettleResponse> {
    checkItems(settlements);
    return { failures: await Promise.all(settlements.map((settlement) => this.settleItem(settlement))) };
  }

  /** @throws HubError `ArgumentInvalid` */
  async detach({ receivers }: c2dqueue.DetachRequest): Promise<c2dqueue.DetachResponse> {
    checkItems(receivers);
    const checked = receivers.map(checkedReceiver).filter(({ epoch }) => epoch !== 0);
    await Promise.all(checked.map(({ name, epoch }) => this.heads.change(name, (queue) => queue.detach(epoch))));
    return {};
  }

  private async settleItem({ receiver, lockToken, outcome }: c2dqueue.Settlement): Promise<failure.Failure> {
    try {
      const { name, generation, epoch } = checkedReceiver(receiver);
      const as = settledAs(outcome);
      const token = tokenText(lockToken);
      if (token === undefined) {
        throw new HubError('DeviceMessageLockLost', 'There is no such lock.');
      }
      await this.heads.change(name, (queue) => queue.settle({ generation, epoch, token, as }));
      return { error: '', message: '', trackingId: '' };
    } catch (error) {
      return failureOf(toldError(error));
    }
  }
}
