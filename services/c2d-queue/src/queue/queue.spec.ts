import { describe, expect, it } from '@jest/globals';
import { isHubError } from '@mooring/errors';
import { Queue } from './queue.js';
import type { QueueHead } from './queue-head.js';
import type { NewMessage, Receipt, Settlement } from './queue-requests.js';

const RULES = { maxMessages: 3, maxDeliveries: 2, graceMs: 60_000 };
const START = 1_000_000;
const EXPIRY = START + 10_000;

let tokens = 0;

/** A queue over time: each change sees what the last one left, as it is stored. */
class Timeline {
  now = START;
  head: QueueHead | undefined;
  ended: string[] = [];

  change<R>(operation: (queue: Queue) => R): R {
    const queue = new Queue(this.head, RULES, this.now);
    const result = operation(queue);
    if (queue.isChanged) {
      this.head = queue.head();
      this.ended.push(...queue.ended.map(({ entry, ending }) => `${entry.id}:${ending}`));
    }
    return result;
  }

  enqueue(id: string, message: Partial<NewMessage> = {}): void {
    const given = { generation: '1', id, size: 10, expiryTime: EXPIRY, ack: 'full', messageId: `m-${id}` } as const;
    this.change((queue) => queue.enqueue({ ...given, ...message }));
  }

  /** @returns id and lock token of each */
  receive(epoch: number, receipt: Partial<Receipt> = {}): (readonly [id: string, token: string])[] {
    const whole: Receipt = {
      generation: '1',
      epoch,
      maxMessages: 10,
      lockMs: 0,
      held: undefined,
      newToken: () => `t${++tokens}`,
      takeRoom: () => true,
      ...receipt,
    };
    return this.change((queue) => queue.receive(whole)).entries.map(({ id, lock }) => [id, lock.token]);
  }

  settle(epoch: number, token: string | undefined, settlement: Partial<Settlement> = {}): string {
    const whole = { generation: '1', epoch, token: token ?? '', as: 'complete', ...settlement } as const;
    return named(() => this.change((queue) => queue.settle(whole)));
  }

  detach(epoch: number): void {
    this.change((queue) => queue.detach(epoch));
  }

  tick(): void {
    this.change(() => undefined);
  }

  get feedback(): string[] {
    return this.head?.pending.map(({ messageId, ending }) => `${messageId}:${ending}`) ?? [];
  }
}

function named(action: () => unknown): string {
  try {
    action();
    return 'ok';
  } catch (error) {
    return isHubError(error) ? error.error : `${error}`;
  }
}

function ids(received: readonly (readonly [id: string, token: string])[]): string[] {
  return received.map(([id]) => id);
}

describe('a queue', () => {
  it('gives each message to one holder at a time, in order', () => {
    const queue = new Timeline();
    queue.enqueue('a');
    queue.enqueue('b');
    expect(ids(queue.receive(1, { maxMessages: 1 }))).toEqual(['a']);
    expect(ids(queue.receive(1))).toEqual(['b']);
    expect(queue.receive(1)).toEqual([]);
    expect(queue.receive(0, { lockMs: 1_000 })).toEqual([]);
  });

  it('takes no more than its limit, held ones included', () => {
    const queue = new Timeline();
    for (const id of ['a', 'b', 'c']) {
      queue.enqueue(id);
    }
    queue.receive(1);
    expect(named(() => queue.enqueue('d'))).toBe('DeviceMaximumQueueDepthExceeded');
    queue.now = EXPIRY + RULES.graceMs;
    queue.enqueue('e', { expiryTime: queue.now + 1 });
    expect(ids(queue.receive(1))).toEqual(['e']);
  });

  it('frees what older connections hold for a newer one, and knows those no more', () => {
    const queue = new Timeline();
    queue.enqueue('a');
    const [old] = queue.receive(1);
    const [held] = queue.receive(2);
    expect(held?.[0]).toBe('a');
    expect(queue.settle(1, old?.[1])).toBe('DeviceMessageLockLost');
    expect(named(() => queue.receive(1))).toBe('ConnectionForcefullyClosedOnNewConnection');
    expect(queue.settle(1, held?.[1])).toBe('DeviceMessageLockLost');
    expect(queue.settle(2, held?.[1])).toBe('ok');
    expect(queue.ended).toEqual(['a:Success']);
  });

  it('leaves a lock that no connection holds until its time is over', () => {
    const queue = new Timeline();
    queue.enqueue('a');
    const [held] = queue.receive(0, { lockMs: 1_000 });
    expect(queue.receive(5)).toEqual([]);
    queue.now += 999;
    expect(queue.receive(6)).toEqual([]);
    queue.now += 1;
    expect(ids(queue.receive(6))).toEqual(['a']);
    expect(queue.settle(0, held?.[1])).toBe('DeviceMessageLockLost');
  });

  it('gives again, with the same lock, what a connection does not know that it holds', () => {
    const queue = new Timeline();
    queue.enqueue('a');
    queue.enqueue('b');
    const [a, b] = queue.receive(1);
    expect(queue.receive(1, { held: new Set([a?.[1] ?? '']) })).toEqual([b]);
    expect(queue.receive(1, { held: new Set() })).toEqual([a, b]);
    expect(queue.receive(1, { held: new Set([a?.[1] ?? '', b?.[1] ?? '']) })).toEqual([]);
    expect(queue.head?.entries.map(({ deliveryCount }) => deliveryCount)).toEqual([1, 1]);
  });

  it('takes a settlement twice, but not another one', () => {
    const queue = new Timeline();
    queue.enqueue('a');
    const [held] = queue.receive(1);
    expect(queue.settle(1, held?.[1], { as: 'reject' })).toBe('ok');
    expect(queue.settle(1, held?.[1], { as: 'reject' })).toBe('ok');
    expect(queue.settle(1, held?.[1])).toBe('DeviceMessageLockLost');
    expect(queue.settle(1, 'unknown')).toBe('DeviceMessageLockLost');
    expect(queue.ended).toEqual(['a:Rejected']);
  });

  it('ends what was delivered too often, however it came back', () => {
    const queue = new Timeline();
    queue.enqueue('a');
    queue.enqueue('b', { ack: 'positive' });
    const [a] = queue.receive(1);
    expect(queue.settle(1, a?.[1], { as: 'abandon' })).toBe('ok');
    expect(queue.settle(1, a?.[1], { as: 'abandon' })).toBe('ok');
    expect(ids(queue.receive(1))).toEqual(['a']);
    queue.detach(1);
    expect(queue.ended).toEqual(['a:DeliveryCountExceeded']);
    expect(ids(queue.receive(1))).toEqual(['b']);
    queue.receive(2);
    expect(queue.receive(3)).toEqual([]);
    expect(queue.ended).toEqual(['a:DeliveryCountExceeded', 'b:DeliveryCountExceeded']);
    expect(queue.feedback).toEqual(['m-a:DeliveryCountExceeded']);
  });

  it('expires what is free at its time, and what a connection holds a while later', () => {
    const queue = new Timeline();
    queue.enqueue('held');
    queue.receive(1);
    queue.enqueue('free', { ack: 'negative' });
    queue.now = EXPIRY - 1;
    queue.tick();
    expect(queue.ended).toEqual([]);
    queue.now = EXPIRY;
    queue.tick();
    expect(queue.ended).toEqual(['free:Expired']);
    queue.now = EXPIRY + RULES.graceMs;
    queue.tick();
    expect(queue.ended).toEqual(['free:Expired', 'held:Expired']);
    expect(queue.feedback).toEqual(['m-free:Expired', 'm-held:Expired']);
  });

  it('lets a held message be completed after its expiry', () => {
    const queue = new Timeline();
    queue.enqueue('a', { ack: 'positive' });
    const [held] = queue.receive(1);
    queue.now = EXPIRY + RULES.graceMs - 1;
    expect(queue.settle(1, held?.[1])).toBe('ok');
    expect(queue.feedback).toEqual(['m-a:Success']);
  });

  it('is for one generation alone', () => {
    const queue = new Timeline();
    queue.enqueue('old', { generation: '99' });
    const [held] = queue.receive(1, { generation: '99' });
    queue.enqueue('new', { generation: '100' });
    expect(queue.ended).toEqual(['old:Purged']);
    expect(queue.head?.pending[0]?.generation).toBe('99');
    expect(queue.settle(1, held?.[1], { generation: '99' })).toBe('DeviceMessageLockLost');
    expect(named(() => queue.receive(2, { generation: '99' }))).toBe('ConnectionForcefullyClosedOnNewConnection');
    expect(ids(queue.receive(2, { generation: '100' }))).toEqual(['new']);
  });

  it('keeps what is held when it is purged, and nothing when its identity is deleted', () => {
    const queue = new Timeline();
    queue.enqueue('held');
    queue.receive(1);
    queue.enqueue('free');
    expect(queue.change((purged) => purged.purge())).toBe(1);
    queue.change((current) => current.depart('1'));
    expect(queue.ended).toEqual(['free:Purged']);
    queue.change((departed) => departed.depart(undefined));
    expect(queue.ended).toEqual(['free:Purged', 'held:Purged']);
  });

  it('changes nothing for those who come to an empty queue', () => {
    const queue = new Timeline();
    expect(queue.receive(1)).toEqual([]);
    queue.detach(1);
    expect(queue.change((purged) => purged.purge())).toBe(0);
    queue.change((departed) => departed.depart(undefined));
    expect(queue.head).toBeUndefined();
  });
});
