import { HubError } from '@mooring/errors';
import { c2dqueue as contract } from '@mooring/proto';
import { failureOf } from '@mooring/rpc';

interface Entry {
  readonly sequenceNumber: number;
  readonly message: contract.Message;
  deliveryCount: number;
  lockToken: Buffer | undefined;
}

interface Queue {
  epoch: number;
  entries: Entry[];
}

type Service = Pick<contract.C2dQueueService, 'receive' | 'settle' | 'detach'>;

/** A c2d-queue service in memory: locks by epoch, redelivery, no expiry. */
export class FakeQueues implements Service {
  private readonly queues = new Map<string, Queue>();
  /** What became of messages, in order: `completed 1`, `rejected 2`, by message id. */
  readonly settled: string[] = [];
  /** Epoch of each detach. */
  readonly detached: number[] = [];
  /** Items of each receive. */
  readonly receives: number[] = [];
  /** Most messages asked for, of each item. */
  readonly asked: number[] = [];
  failure: Error | undefined;
  settleFailure: Error | undefined;
  /** Awaited by each receive before it answers. */
  gate: Promise<void> = Promise.resolve();
  /** The same for each detach. */
  detachGate: Promise<void> = Promise.resolve();
  /** The next receive does its work, and its answer is lost. */
  losesNextAnswer = false;
  maxAnswer = 1_000;
  private sequence = 0;

  put(name: string, message: Partial<contract.Message>): void {
    const entry = {
      sequenceNumber: ++this.sequence,
      message: contract.Message.fromPartial({ messageId: String(this.sequence), ...message }),
      deliveryCount: 0,
      lockToken: undefined,
    };
    this.queue(name).entries.push(entry);
  }

  count(name: string): number {
    return this.queue(name).entries.length;
  }

  async receive({ items }: contract.ReceiveRequest): Promise<contract.ReceiveResponse> {
    this.receives.push(items.length);
    await this.gate;
    if (this.failure !== undefined) {
      throw this.failure;
    }
    if (items.length > this.maxAnswer) {
      throw new HubError('MessageTooLarge', 'The answer is too large.');
    }
    const received = items.map((item) => this.receiveFor(item));
    if (this.losesNextAnswer) {
      this.losesNextAnswer = false;
      throw new HubError('ServiceUnavailable', 'The answer is lost.');
    }
    return { received };
  }

  async settle({ settlements }: contract.SettleRequest): Promise<contract.SettleResponse> {
    if (this.settleFailure !== undefined) {
      throw this.settleFailure;
    }
    return { failures: settlements.map((settlement) => this.settleOne(settlement)) };
  }

  async detach({ receivers }: contract.DetachRequest): Promise<contract.DetachResponse> {
    await this.detachGate;
    for (const { key, epoch } of receivers) {
      this.detached.push(epoch);
      const queue = this.queue(nameOf(key));
      if (queue.epoch === epoch) {
        free(queue);
      }
    }
    return {};
  }

  private receiveFor({ receiver, maxMessages, held }: contract.ReceiveItem): contract.ReceivedMessages {
    const queue = this.queue(nameOf(receiver?.key));
    const epoch = receiver?.epoch ?? 0;
    this.asked.push(maxMessages);
    if (epoch < queue.epoch) {
      return { failure: failureOf(new HubError('DeviceMessageLockLost', 'fenced')), messages: [], more: false };
    }
    if (epoch > queue.epoch) {
      queue.epoch = epoch;
      free(queue);
    }
    const known = new Set(held?.lockTokens.map((token) => token.toString('hex')));
    const due = queue.entries.filter(
      ({ lockToken }) => lockToken === undefined || (held !== undefined && !known.has(lockToken.toString('hex'))),
    );
    const messages = due.slice(0, maxMessages).map((entry) => {
      if (entry.lockToken === undefined) {
        entry.deliveryCount++;
        entry.lockToken = Buffer.alloc(16);
        entry.lockToken.writeUInt32BE(entry.sequenceNumber * 100 + entry.deliveryCount);
      }
      const { sequenceNumber, message, lockToken } = entry;
      const copy = Buffer.from(lockToken);
      return { lockToken: copy, sequenceNumber, deliveryCount: entry.deliveryCount - 1, enqueuedTimeMs: 0, message };
    });
    return { failure: undefined, messages, more: due.length > messages.length };
  }

  private settleOne({ receiver, lockToken, outcome }: contract.Settlement) {
    const queue = this.queue(nameOf(receiver?.key));
    const index = queue.entries.findIndex((entry) => entry.lockToken?.equals(lockToken));
    const entry = queue.entries[index];
    if (entry === undefined || receiver?.epoch !== queue.epoch) {
      return failureOf(new HubError('DeviceMessageLockLost', 'The lock is lost.'));
    }
    if (outcome === contract.Outcome.ABANDON) {
      this.settled.push(`abandoned ${entry.message.messageId}`);
      entry.lockToken = undefined;
      return { error: '', message: '', trackingId: '' };
    }
    const isCompleted = outcome === contract.Outcome.COMPLETE;
    this.settled.push(`${isCompleted ? 'completed' : 'rejected'} ${entry.message.messageId}`);
    queue.entries.splice(index, 1);
    return { error: '', message: '', trackingId: '' };
  }

  private queue(name: string): Queue {
    const queue = this.queues.get(name) ?? { epoch: 0, entries: [] };
    this.queues.set(name, queue);
    return queue;
  }
}

function nameOf(key: { readonly deviceId: string; readonly moduleId: string } | undefined): string {
  const { deviceId = '', moduleId = '' } = key ?? {};
  return moduleId === '' ? deviceId : `${deviceId}/${moduleId}`;
}

function free(queue: Queue): void {
  for (const entry of queue.entries) {
    entry.lockToken = undefined;
  }
}
