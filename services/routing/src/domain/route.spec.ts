import { describe, expect, it } from '@jest/globals';
import type { StoredRecord } from '@mooring/event-log';
import { MESSAGE_SOURCE } from '@mooring/messages';
import { routeBySource } from './route.js';

function record(source?: string): StoredRecord {
  const headers = source === undefined ? {} : { 'iothub-message-source': Buffer.from(source) };
  return { topic: 't', partition: 0, offset: 0, timestamp: 0, key: 'd', headers, value: Buffer.alloc(0) };
}

describe('routeBySource', () => {
  const route = routeBySource([MESSAGE_SOURCE.telemetry, MESSAGE_SOURCE.twinChange]);

  it('takes the sources named', () => {
    expect(route(record('Telemetry'))).toBe(true);
    expect(route(record('twinChangeEvents'))).toBe(true);
  });

  it('leaves all others, also records without a source', () => {
    expect(route(record('deviceLifecycleEvents'))).toBe(false);
    expect(route(record('telemetry'))).toBe(false);
    expect(route(record())).toBe(false);
  });
});
