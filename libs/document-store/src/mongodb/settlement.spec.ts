import { describe, expect, it } from '@jest/globals';
import type { WriteCondition } from '../port.js';
import { type Reply, settle, type WriteState } from './settlement.js';
import { type PreparedUpdate, prepareUpdate } from './update-operation.js';

const put = (condition: WriteCondition): PreparedUpdate =>
  prepareUpdate({ kind: 'put', document: { _id: 'a' }, condition });
const patch = (condition: WriteCondition): PreparedUpdate =>
  prepareUpdate({ kind: 'patch', id: 'a', changes: {}, condition });
const others = (count: number) => Array.from({ length: count }, (_, n) => -1 - n);
const state = (version: number, w: readonly number[] = others(Math.min(version, 8))): WriteState => ({ version, w });

describe('settle', () => {
  it('recognises its nonce and tells the version that it made', () => {
    const write = put({ version: 3 });
    expect(settle(write, state(6, [-1, write.nonce, -2, -3]), 'unknown')).toEqual({ outcome: 'written', version: 4 });
  });

  it('sends again what has not happened', () => {
    expect(settle(put({ version: 3 }), state(3), 'unknown')).toBeUndefined();
    expect(settle(put('always'), state(3), 'unknown')).toBeUndefined();
    expect(settle(put('always'), state(3), 'duplicate')).toBeUndefined();
    expect(settle(patch('always'), state(3), 'unknown')).toBeUndefined();
    expect(settle(put('absent'), undefined, 'unknown')).toBeUndefined();
  });

  it.each<[PreparedUpdate, WriteState | undefined, Reply, string]>([
    [put({ version: 3 }), state(5), 'unknown', 'version'],
    [put({ version: 3 }), state(99), 'unmatched', 'version'],
    [put({ version: 3 }), state(1), 'unknown', 'version'],
    [put({ version: 3 }), undefined, 'unknown', 'absent'],
    [patch('always'), undefined, 'unmatched', 'absent'],
    [patch('absent'), state(2), 'unmatched', 'exists'],
    [put('absent'), state(5), 'unknown', 'exists'],
    [put('absent'), state(99), 'duplicate', 'exists'],
  ])('refuses %#', (write, found, reply, reason) => {
    expect(settle(write, found, reply)).toEqual({ outcome: 'refused', reason });
  });

  it('says so where too many writes followed to tell', () => {
    const unknown = expect.objectContaining({ kind: 'unknown-outcome' });
    expect(() => settle(put({ version: 3 }), state(12), 'unknown')).toThrow(unknown);
    expect(() => settle(put('absent'), state(9), 'unknown')).toThrow(unknown);
    expect(() => settle(put('always'), state(9), 'taken')).toThrow(unknown);
  });
});
