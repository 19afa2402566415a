import { describe, expect, it } from '@jest/globals';
import { LinkError, type OutgoingLink } from '@mooring/amqp';
import type { PartitionReader, StoredRecord } from '@mooring/event-log';
import { createMetrics } from '@mooring/observability';
import { EventHubsMetrics } from '../event-hubs-metrics.js';
import { PartitionReceiver } from './partition-receiver.js';

/** A link whose client gives credit as the test says. */
class Link {
  credit = 0;
  readonly sent: Buffer[] = [];
  readonly closedWith: unknown[] = [];

  sendable(): boolean {
    return this.credit > 0;
  }

  sendSettled(message: Buffer): void {
    this.credit--;
    this.sent.push(message);
  }

  close(error: unknown): void {
    this.closedWith.push(error);
  }
}

/** An endless partition that counts what is read. */
class Reader implements PartitionReader {
  asked: number[] = [];
  failing: Error | undefined;
  closed = false;
  private offset = 0;

  async next(maxRecords: number): Promise<readonly StoredRecord[]> {
    this.asked.push(maxRecords);
    if (this.closed) {
      return [];
    }
    if (this.failing !== undefined) {
      throw this.failing;
    }
    return Array.from({ length: maxRecords }, () => record(this.offset++));
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

describe('PartitionReceiver', () => {
  function attach() {
    const link = new Link();
    const reader = new Reader();
    const left: PartitionReceiver[] = [];
    const failures: unknown[] = [];
    const receiver = new PartitionReceiver({
      id: 'r',
      partition: '$default/0',
      ownerLevel: undefined,
      metrics: new EventHubsMetrics(createMetrics()),
      end: undefined,
      left: (gone) => void left.push(gone),
      failed: (error) => void failures.push(error),
    });
    receiver.start(reader);
    receiver.opened(link as unknown as OutgoingLink);
    return { receiver, link, reader, left, failures };
  }

  it('reads nothing without credit, and as much as there is', async () => {
    const { receiver, link, reader } = attach();
    receiver.sendable();
    await settled();
    expect(reader.asked).toEqual([]);
    link.credit = 5;
    receiver.sendable();
    await settled();
    expect([reader.asked, link.sent.length]).toEqual([[5], 5]);
  });

  it('holds what was read while the client takes nothing, and reads no more', async () => {
    const { receiver, link, reader } = attach();
    link.credit = 10;
    const send = link.sendSettled.bind(link);
    link.sendSettled = (message) => {
      send(message);
      link.credit = link.sent.length === 4 ? 0 : link.credit;
    };
    receiver.sendable();
    await settled();
    receiver.sendable();
    await settled();
    expect([link.sent.length, reader.asked.length]).toEqual([4, 1]);
    link.credit = 6;
    receiver.sendable();
    await settled();
    expect([link.sent.length, reader.asked.length]).toEqual([10, 1]);
  });

  it('detaches the link if the log cannot be read', async () => {
    const { receiver, link, reader, failures } = attach();
    reader.failing = new Error('broken');
    link.credit = 1;
    receiver.sendable();
    await settled();
    expect(failures).toEqual([reader.failing]);
    expect(link.closedWith).toEqual([reader.failing]);
  });

  it('detaches the link once if the log is closed under it, and asks no more', async () => {
    const { receiver, link, reader } = attach();
    await reader.close();
    link.credit = 10;
    receiver.sendable();
    await settled();
    receiver.sendable();
    await settled();
    expect(link.closedWith).toMatchObject([{ condition: 'amqp:link:detach-forced' }]);
    expect(reader.asked).toHaveLength(1);
  });

  it('closes its reader and leaves, once', async () => {
    const { receiver, reader, left } = attach();
    receiver.closed();
    receiver.closed();
    await settled();
    expect([reader.closed, left]).toEqual([true, [receiver]]);
  });

  it('ends its attaching if it is disconnected before it is attached', () => {
    const { receiver } = attach();
    const error = new LinkError('amqp:link:stolen', 'x');
    receiver.disconnect(error);
    expect(() => receiver.start(new Reader())).toThrow(error);
  });
});

function record(offset: number): StoredRecord {
  return { topic: 't', partition: 0, offset, timestamp: 0, key: 'd', headers: {}, value: Buffer.from('x') };
}

/** Lets promises that are settled run their course. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
