import { Batcher } from '@mooring/batching';
import type { Collection, Stored } from '@mooring/document-store';
import { recordCodec, type Versioned } from '@mooring/document-store';
import { c2dqueue } from '@mooring/proto';
import { LRUCache } from 'lru-cache';

interface Body {
  readonly _id: string;
  /** Of the message; a while later nobody needs its content, whether or not it is still in a queue. */
  readonly expiryTime: number;
  /** A `c2dqueue.Message`. */
  readonly message: Uint8Array;
}

/** The content of one message; `_id` is the message's. */
export type BodyRecord = Versioned<Body>;

export const BODY_INDEXES = [['expiryTime']] as const;

const codec = recordCodec<Body>({ name: 'message', current: 1, upgrades: [] });

/** Contents are up to 64 KiB. */
const MAX_BODIES = 100;
const MAX_RUNNING = 4;
const MAX_WAITING = 2_000;
const MAX_REMOVALS_WAITING = 20_000;
const REMEMBERED_BYTES = 16 * 1024 * 1024;
/** For what a message takes beside its content. */
const OVERHEAD_BYTES = 512;

/** Contents of messages: written before their message is in a queue, and never changed. */
export class BodyStore {
  private readonly remembered = new LRUCache<string, { readonly message: c2dqueue.Message; readonly size: number }>({
    maxSize: REMEMBERED_BYTES,
    sizeCalculation: ({ size }) => size,
  });
  private readonly writes: Batcher<BodyRecord, true>;
  private readonly reads: Batcher<string, c2dqueue.Message | undefined>;
  private readonly removals: Batcher<string, true>;

  constructor(private readonly collection: Collection<BodyRecord>) {
    const limits = { maxBatch: MAX_BODIES, concurrency: MAX_RUNNING, maxWaiting: MAX_WAITING };
    this.writes = new Batcher({ ...limits, call: (bodies) => this.writeAll(bodies) });
    this.reads = new Batcher({ ...limits, call: (ids) => this.readAll(ids) });
    this.removals = new Batcher({
      call: (ids) => this.removeAll(ids),
      maxBatch: 1_000,
      concurrency: 1,
      maxWaiting: MAX_REMOVALS_WAITING,
    });
  }

  async write(id: string, message: c2dqueue.Message): Promise<void> {
    const encoded = c2dqueue.Message.encode(message).finish();
    await this.writes.add(codec.encode({ _id: id, expiryTime: message.expiryTimeMs, message: encoded }));
    this.remembered.set(id, { message, size: encoded.length + OVERHEAD_BYTES });
  }

  /** Undefined where there is none (any more). */
  async read(id: string): Promise<c2dqueue.Message | undefined> {
    return this.remembered.get(id)?.message ?? (await this.reads.add(id));
  }

  /** Removes what is needed no more; returns at once. What fails is swept when it expires. */
  remove(id: string): void {
    this.remembered.delete(id);
    this.removals.add(id).catch(() => undefined);
  }

  /**
   * Removes contents that expired before a time.
   *
   * @returns how many
   */
  async removeExpired(before: number, limit: number): Promise<number> {
    const found = await this.collection.query({
      filter: { expiryTime: { $lt: before } },
      sort: [['expiryTime', 1]],
      limit,
    });
    await this.removeAll(found.map(({ _id }) => _id));
    return found.length;
  }

  private async writeAll(bodies: readonly BodyRecord[]): Promise<true[]> {
    await this.collection.bulk(bodies.map((document) => ({ kind: 'put', document, condition: 'always' })));
    return bodies.map(() => true);
  }

  private async readAll(ids: readonly string[]): Promise<(c2dqueue.Message | undefined)[]> {
    const found = new Map((await this.collection.getMany(ids)).map((stored) => [stored._id, messageOf(stored)]));
    return ids.map((id) => found.get(id));
  }

  private async removeAll(ids: readonly string[]): Promise<true[]> {
    if (ids.length > 0) {
      await this.collection.bulk(ids.map((id) => ({ kind: 'delete', id, condition: 'always' })));
    }
    return ids.map(() => true);
  }
}

function messageOf(stored: Stored<BodyRecord>): c2dqueue.Message {
  return c2dqueue.Message.decode(codec.decode(stored).message);
}
