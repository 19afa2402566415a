import type { Ending, SettledAs } from '../queue/queue-head.js';

export const LIMITS = { messages: 4, deliveries: 3, graceMs: 10_000 };

interface Holder {
  readonly epoch: number;
  readonly token: string;
  readonly endsAt: number;
  /** Whether the receiver has heard of it. */
  isKnown: boolean;
}

export interface ReferenceReceiver {
  readonly epoch: number;
  readonly max: number;
  readonly saysWhatItHolds: boolean;
}

interface QueuedMessage {
  readonly id: string;
  readonly ack: string;
  readonly expiry: number;
  deliveries: number;
  holder: Holder | undefined;
}

/** What a queue is to do, without a thought for stores and processes: the words of the contract, one at a time. */
export class ReferenceQueue {
  messages: QueuedMessage[] = [];
  epoch = 0;
  readonly endings = new Map<string, Ending>();
  /** Message and status code of the feedback that was asked for. */
  readonly feedback = new Set<string>();
  private readonly settlements = new Map<string, SettledAs>();

  pass(now: number): void {
    for (const message of this.messages) {
      if (message.holder !== undefined && message.holder.endsAt <= now) {
        message.holder = undefined;
      }
    }
    for (const message of this.messages.filter(({ holder }) => holder === undefined)) {
      if (message.deliveries >= LIMITS.deliveries) {
        this.end(message, 'DeliveryCountExceeded');
      } else if (message.expiry <= now) {
        this.end(message, 'Expired');
      }
    }
  }

  /** @returns whether there was room */
  enqueue(id: string, ack: string, expiry: number): boolean {
    if (this.messages.length === LIMITS.messages) {
      return false;
    }
    this.messages.push({ id, ack, expiry, deliveries: 0, holder: undefined });
    return true;
  }

  /** @returns what such a receiver is to get; undefined: nothing but an error */
  receivable({ epoch, max, saysWhatItHolds }: ReferenceReceiver, now: number): QueuedMessage[] | undefined {
    if (epoch !== 0 && epoch < this.epoch) {
      return undefined;
    }
    if (epoch !== 0 && this.messages.length > 0) {
      this.epoch = Math.max(this.epoch, epoch);
      this.free((held) => held !== 0 && held < epoch, now);
    }
    return this.messages
      .filter(({ holder }) => holder === undefined || (saysWhatItHolds && holder.epoch === epoch && !holder.isKnown))
      .slice(0, max);
  }

  hold(message: QueuedMessage, holder: Omit<Holder, 'endsAt'>, until: number | undefined): void {
    if (message.holder === undefined) {
      message.deliveries += 1;
      message.holder = { ...holder, endsAt: until ?? message.expiry + LIMITS.graceMs };
    } else {
      message.holder.isKnown = holder.isKnown;
    }
  }

  /** @returns whether the lock was still there, or was settled so before */
  settle(epoch: number, token: string, settlement: { readonly as: SettledAs; readonly now: number }): boolean {
    const { as, now } = settlement;
    const message = this.messages.find(({ holder }) => holder?.token === token && holder.epoch === epoch);
    if (message === undefined) {
      return this.settlements.get(token) === as;
    }
    this.settlements.set(token, as);
    if (as === 'abandon') {
      message.holder = undefined;
      this.pass(now);
    } else {
      this.end(message, as === 'complete' ? 'Success' : 'Rejected');
    }
    return true;
  }

  free(isMeant: (epoch: number) => boolean, now: number): void {
    for (const message of this.messages) {
      if (message.holder !== undefined && isMeant(message.holder.epoch)) {
        message.holder = undefined;
      }
    }
    this.pass(now);
  }

  purge(): number {
    const free = this.messages.filter(({ holder }) => holder === undefined);
    for (const message of free) {
      this.end(message, 'Purged');
    }
    return free.length;
  }

  private end(message: QueuedMessage, ending: Ending): void {
    this.messages = this.messages.filter((other) => other !== message);
    this.endings.set(message.id, ending);
    if (message.ack === 'full' || message.ack === (ending === 'Success' ? 'positive' : 'negative')) {
      this.feedback.add(`${message.id} ${ending}`);
    }
  }
}
