import { recordCodec, type Stored, type Versioned } from '@mooring/document-store';
import type { OutboxRecord } from '@mooring/outbox';
import type { Device } from '../domain/model.js';

type Body = Pick<OutboxRecord, '_id' | 'pendingSince'> & Omit<Device, 'id'>;

/** A device with its modules; `_id` is its id. */
export type DeviceRecord = Versioned<Body>;

const codec = recordCodec<Body>({ name: 'device', current: 1, upgrades: [] });

export function toDeviceRecord({ id, ...device }: Device): DeviceRecord {
  return codec.encode({ _id: id, ...device, pendingSince: device.pending[0]?.time });
}

export function fromDeviceRecord(stored: Stored<DeviceRecord>): Device {
  const { _id: id, version: _version, pendingSince: _since, ...device } = codec.decode(stored);
  return { id, ...device };
}
