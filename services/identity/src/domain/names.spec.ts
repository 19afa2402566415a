import { describe, expect, it } from '@jest/globals';
import { outcome } from '../testing/requests.js';
import { deviceOfScope, edgeScope } from './edge-scope.js';
import { checkMatch, newEtag } from './etag.js';
import { newGeneration } from './generation.js';
import { nextVersion } from './sequence.js';

const NOW = Date.UTC(2026, 0, 1);

describe('entity tags', () => {
  it('are base64 and never the same', () => {
    const etags = Array.from({ length: 1_000 }, newEtag);
    expect(new Set(etags).size).toBe(1_000);
    expect(etags.every((etag) => /^[A-Za-z0-9]+=*$/.test(etag))).toBe(true);
  });

  it.each([
    ['*', 'ok'],
    ['"*"', 'ok'],
    ['abc', 'ok'],
    ['"abc"', 'ok'],
    ['ABC', 'PreconditionFailed'],
    ['', 'PreconditionFailed'],
    ['"', 'PreconditionFailed'],
    ['**', 'PreconditionFailed'],
  ])('%s against abc: %s', async (ifMatch, result) => {
    expect(await outcome((async () => checkMatch(ifMatch, 'abc'))())).toBe(result);
  });
});

describe('generations', () => {
  it('are digits, and differ within one millisecond', () => {
    const generations = Array.from({ length: 20 }, () => newGeneration(NOW));
    expect(generations.every((generation) => /^[0-9]{18}$/.test(generation))).toBe(true);
    expect(new Set(generations).size).toBeGreaterThan(1);
  });
});

describe('nextVersion', () => {
  it('grows also when the clock goes back', () => {
    expect(nextVersion(0, NOW)).toBe(NOW);
    expect(nextVersion(NOW, NOW)).toBe(NOW + 1);
    expect(nextVersion(NOW, NOW - 1_000)).toBe(NOW + 1);
  });
});

describe('scopes', () => {
  it('read back as their device, whose id may hold what separates', () => {
    expect(deviceOfScope(edgeScope('a-1-2', '345'))).toBe('a-1-2');
  });

  it.each([
    '',
    'x',
    'ms-azure-iot-edge://',
    'ms-azure-iot-edge://a',
    'ms-azure-iot-edge://a-',
    'ms-azure-iot-edge://-1',
    'ms-azure-iot-edge://a/b-1',
    'MS-azure-iot-edge://a-1',
    'ms-azure-iot-edge://a-b',
  ])('%p is none', (text) => {
    expect(deviceOfScope(text)).toBeUndefined();
  });
});
