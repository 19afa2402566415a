import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FAULT_TYPES, readFault } from './fault.js';
import { faultProperties } from './faults.spec-support.js';

describe('readFault', () => {
  it.each(FAULT_TYPES)('reads %s', (type) => {
    expect(readFault(faultProperties({ type, reason: ' bye ', delay: 2, duration: 5 }))).toEqual({
      type,
      reason: ' bye ',
      delayMs: 2_000,
      durationMs: 5_000,
    });
  });

  it('fills in what is not said', () => {
    const expected = { type: 'KillTcp', reason: '', delayMs: 0, durationMs: 5_000 };
    expect(readFault(faultProperties({ type: 'KillTcp' }))).toEqual(expected);
  });

  it('cuts what is too long', () => {
    const asked = faultProperties({ type: 'KillTcp', reason: 'x'.repeat(1_000), delay: 1e8, duration: 301 });
    expect(readFault(asked)).toEqual({
      type: 'KillTcp',
      reason: 'x'.repeat(256),
      delayMs: 300_000,
      durationMs: 300_000,
    });
  });

  const refused: Record<string, string>[] = [
    {},
    { AzIoTHub_FaultOperationType: 'killTcp' },
    { AzIoTHub_FaultOperationType: 'toString' },
  ];
  for (const seconds of ['', '-1', '1e3', 'soon', ' 1', 'Infinity', '9'.repeat(30)]) {
    refused.push({ AzIoTHub_FaultOperationType: 'KillTcp', AzIoTHub_FaultOperationDelayInSecs: seconds });
    refused.push({ AzIoTHub_FaultOperationType: 'KillTcp', AzIoTHub_FaultOperationDurationInSecs: seconds });
  }
  it.each(refused)('finds no fault in %j', (headers) => {
    expect(readFault(headers)).toBeUndefined();
  });

  it('takes any values, and keeps delays and durations within their limits', () => {
    const value = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String));
    const bytes = fc.uint8Array().map((array) => Buffer.from(array));
    fc.assert(
      fc.property(
        fc.constantFrom(...FAULT_TYPES),
        fc.oneof(value, bytes),
        value,
        value,
        (type, reason, delay, duration) => {
          const read = readFault({
            AzIoTHub_FaultOperationType: type,
            AzIoTHub_FaultOperationCloseReason: reason,
            AzIoTHub_FaultOperationDelayInSecs: delay,
            AzIoTHub_FaultOperationDurationInSecs: duration,
          });
          for (const time of read === undefined ? [] : [read.delayMs, read.durationMs]) {
            expect(time).toBeGreaterThanOrEqual(0);
            expect(time).toBeLessThanOrEqual(300_000);
          }
        },
      ),
    );
  });
});
