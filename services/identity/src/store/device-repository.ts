import type { Collection, Stored, Write } from '@mooring/document-store';
import { type Device, isLive, type LiveDevice, type Status } from '../domain/model.js';
import type { PendingEvent } from '../domain/pending-event.js';
import { changeDocument } from './change-document.js';
import { type DeviceRecord, fromDeviceRecord, toDeviceRecord } from './device-record.js';
import { getManyById } from './get-many.js';
import { KeyedQueue } from './keyed-queue.js';

/** Returns the device as it shall be, or the very one that it got to leave it so. */
export type DeviceChange = (current: Device | undefined) => Device | undefined;

export interface DevicePage {
  readonly devices: readonly LiveDevice[];
  /** Continue behind this id. */
  readonly next: string | undefined;
}

/** Devices with their modules, tombstones included where a caller must know of them. */
export class DeviceRepository {
  private readonly queue = new KeyedQueue();

  /** @param written told what is pending in a device that was just written */
  constructor(
    private readonly collection: Collection<DeviceRecord>,
    private readonly written: (deviceId: string, pending: readonly PendingEvent[]) => void,
  ) {}

  async find(id: string): Promise<LiveDevice | undefined> {
    const stored = await this.collection.get(id);
    const device = stored && fromDeviceRecord(stored);
    return isLive(device) ? device : undefined;
  }

  async findMany(ids: Iterable<string>): Promise<Map<string, LiveDevice>> {
    const found = new Map<string, LiveDevice>();
    for (const stored of (await getManyById(this.collection, ids)).values()) {
      const device = fromDeviceRecord(stored);
      if (isLive(device)) {
        found.set(device.id, device);
      }
    }
    return found;
  }

  async page(after: string | undefined, limit: number): Promise<DevicePage> {
    const { documents, next } = await this.collection.page({
      filter: { status: { $ne: 'deleted' } },
      limit,
      ...(after === undefined ? {} : { after }),
    });
    return { devices: documents.map(fromDeviceRecord).filter(isLive), next };
  }

  async count(status: Status): Promise<number> {
    return this.collection.count({ status });
  }

  /**
   * Changes one device.
   *
   * @returns the device as it is then; resolves when that is durable
   */
  async change<D extends Device | undefined>(id: string, change: (current: Device | undefined) => D): Promise<D> {
    return this.queue.run(id, async () => {
      const { document, result } = await changeDocument(this.collection, id, (stored) => {
        const current = stored && fromDeviceRecord(stored);
        const changed = change(current);
        return { document: recordOf(current, changed), result: changed };
      });
      this.tell(document);
      return result;
    });
  }

  /** Changes each device by itself, with few round trips. Every change may be tried more than once. */
  async changeMany(changes: ReadonlyMap<string, DeviceChange>): Promise<void> {
    const stored = await getManyById(this.collection, changes.keys());
    const records = [...changes].flatMap(([id, change]) => {
      const record = stored.get(id);
      const current = record && fromDeviceRecord(record);
      return recordOf(current, change(current)) ?? [];
    });
    const outcomes =
      records.length === 0 ? [] : await this.collection.bulk(records.map((record) => put(record, stored)));
    const refused: string[] = [];
    records.forEach((record, index) => {
      if (outcomes[index]?.outcome === 'written') {
        this.tell(record);
      } else {
        refused.push(record._id);
      }
    });
    await Promise.all(refused.map((id) => this.change(id, changes.get(id) ?? unchanged)));
  }

  private tell(record: DeviceRecord | undefined): void {
    if (record !== undefined && record.pending.length > 0) {
      this.written(record._id, record.pending);
    }
  }
}

/** What is to be written; undefined if nothing changed. */
function recordOf(current: Device | undefined, next: Device | undefined): DeviceRecord | undefined {
  return next === undefined || next === current ? undefined : toDeviceRecord(next);
}

function put(document: DeviceRecord, stored: ReadonlyMap<string, Stored<DeviceRecord>>): Write<DeviceRecord> {
  const version = stored.get(document._id)?.version;
  return { kind: 'put', document, condition: version === undefined ? 'absent' : { version } };
}

const unchanged: DeviceChange = (current) => current;
