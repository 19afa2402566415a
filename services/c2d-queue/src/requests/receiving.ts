import { randomBytes } from 'node:crypto';
import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import { failureOf } from '@mooring/rpc';
import { MAX_ANSWER_BYTES, MAX_LOCK_MS } from '../limits.js';
import type { C2dQueueMetrics } from '../metrics.js';
import type { LockedEntry } from '../queue/queue-requests.js';
import type { BodyStore } from '../store/body-store.js';
import type { HeadStore } from '../store/head-store.js';
import { checkedReceiver, checkItems, tokenBytes, tokenText } from './receivers.js';
import { toldError } from './told-error.js';

const TOKEN_BYTES = 16;

export interface ReceivingOptions {
  readonly heads: HeadStore;
  readonly bodies: BodyStore;
  readonly metrics: C2dQueueMetrics;
  /** Of what no connection holds, where the receiver asks for nothing else. */
  readonly lockMs: number;
}

/** Room for contents that the items of one call share. */
interface Room {
  left: number;
}

/** Gives messages to receivers, locked. */
export class Receiving {
  constructor(private readonly options: ReceivingOptions) {}

  /** @throws HubError `ArgumentInvalid` if there are too many items; what else is wrong is told of each by itself */
  async receive({ items }: c2dqueue.ReceiveRequest): Promise<c2dqueue.ReceiveResponse> {
    checkItems(items);
    const room = { left: MAX_ANSWER_BYTES };
    return { received: await Promise.all(items.map((item) => this.receiveItem(item, room))) };
  }

  private async receiveItem(item: c2dqueue.ReceiveItem, room: Room): Promise<c2dqueue.ReceivedMessages> {
    try {
      return await this.tryReceive(item, room);
    } catch (error) {
      return { failure: failureOf(toldError(error)), messages: [], more: false };
    }
  }

  private async tryReceive(item: c2dqueue.ReceiveItem, room: Room): Promise<c2dqueue.ReceivedMessages> {
    const { heads, bodies, metrics } = this.options;
    const { name, generation, epoch } = checkedReceiver(item.receiver);
    const { maxMessages, held } = item;
    if (!Number.isInteger(maxMessages) || maxMessages < 1) {
      throw new HubError('ArgumentInvalid', 'The number of messages to receive is at least one.');
    }
    const lockMs = this.lockMsOf(item.lockMs, epoch);
    const known = held && new Set(held.lockTokens.flatMap((token) => tokenText(token) ?? []));
    let taken = 0;
    let contents: Promise<(c2dqueue.Message | undefined)[]> = Promise.resolve([]);
    const { entries, more } = await heads.change(name, (queue) => {
      // It may be tried more than once: what the last try took is free again.
      room.left += taken;
      taken = 0;
      const takeRoom = (bytes: number) => {
        const fits = bytes <= room.left;
        if (fits) {
          room.left -= bytes;
          taken += bytes;
        }
        return fits;
      };
      const received = queue.receive({ generation, epoch, maxMessages, lockMs, held: known, newToken, takeRoom });
      // Read while the locks are written.
      contents = Promise.all(received.entries.map((entry) => contentOf(entry, bodies)));
      contents.catch(() => undefined);
      return received;
    });
    const messages = toMessages(entries, await contents);
    metrics.delivered(messages.length);
    return { failure: undefined, messages, more };
  }

  private lockMsOf(asked: number, epoch: number): number {
    if (!Number.isSafeInteger(asked) || asked < 0 || asked > MAX_LOCK_MS) {
      throw new HubError('ArgumentInvalid', `A lock lasts at most ${MAX_LOCK_MS} ms.`);
    }
    return asked === 0 && epoch === 0 ? this.options.lockMs : asked;
  }
}

function contentOf({ id, content }: LockedEntry, bodies: BodyStore): Promise<c2dqueue.Message | undefined> {
  return content === undefined ? bodies.read(id) : Promise.resolve(c2dqueue.Message.decode(content));
}

function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** A message without a content has ended meanwhile. */
function toMessages(
  entries: readonly LockedEntry[],
  contents: readonly (c2dqueue.Message | undefined)[],
): c2dqueue.ReceivedMessage[] {
  return entries.flatMap((entry, index) => {
    const message = contents[index];
    return message === undefined
      ? []
      : [
          {
            lockToken: tokenBytes(entry.lock.token),
            sequenceNumber: entry.sequence,
            deliveryCount: entry.deliveryCount - 1,
            enqueuedTimeMs: entry.enqueuedTime,
            message,
          },
        ];
  });
}
