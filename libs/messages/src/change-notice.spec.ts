import { describe, expect, it } from '@jest/globals';
import type { LogRecord, StoredRecord } from '@mooring/event-log';
import { type ChangeNotice, changeNoticeRecord, readChangeNotice } from './change-notice.js';

function stored({ key, headers, value }: LogRecord): StoredRecord {
  const bytes = Object.entries(headers).map(([name, header]) => [name, Buffer.from(header)]);
  return { topic: 't', partition: 0, offset: 0, timestamp: 0, key, headers: Object.fromEntries(bytes), value };
}

describe('a change notice', () => {
  it.each<ChangeNotice>([
    { part: 'identity', deviceId: 'd', moduleId: '' },
    { part: 'queue', deviceId: 'd', moduleId: 'm' },
  ])('is read as it was written: %j', (notice) => {
    const record = changeNoticeRecord(notice);
    expect(record.key).toBe('d');
    expect(readChangeNotice(stored(record))).toEqual(notice);
  });

  it('of a kind that a later release brings is nothing', () => {
    expect(readChangeNotice(stored({ key: 'd', headers: { part: 'other' }, value: Buffer.alloc(0) }))).toBeUndefined();
    expect(readChangeNotice(stored({ key: 'd', headers: {}, value: Buffer.alloc(0) }))).toBeUndefined();
  });
});
