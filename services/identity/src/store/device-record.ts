import type { Stored } from '@mooring/document-store';
import type { Device } from '../domain/model.js';
import type { OutboxRecord } from '../events/outbox-record.js';
import { RecordSchema, type VersionedRecord } from './schema.js';

/** A device with its modules; `_id` is its id. */
export type DeviceRecord = VersionedRecord & Pick<OutboxRecord, 'pendingSince'> & Omit<Device, 'id'>;

export const deviceSchema = new RecordSchema<DeviceRecord>('devices');

export function toDeviceRecord({ id, ...device }: Device): DeviceRecord {
  return { _id: id, schema: deviceSchema.version, ...device, pendingSince: device.pending[0]?.time };
}

export function fromDeviceRecord(stored: Stored<DeviceRecord>): Device {
  const { _id, schema: _schema, version: _version, pendingSince: _since, ...device } = deviceSchema.read(stored);
  return { id: _id, ...device };
}
