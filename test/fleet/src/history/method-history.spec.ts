import { expect, test } from '@jest/globals';
import { judgeMethods, type MethodEvent } from './method-history.js';

const called: MethodEvent = { kind: 'called', call: 'a/1', deviceId: 'a' };
const executed: MethodEvent = { kind: 'executed', call: 'a/1', deviceId: 'a' };
const answered: MethodEvent = { kind: 'answered', call: 'a/1', by: 'a', answered: 'a/1' };

test('is content with calls that are answered, are not, or never came', () => {
  const other: MethodEvent = { kind: 'called', call: 'b/1', deviceId: 'b' };
  expect(judgeMethods([called, other, executed, answered])).toEqual({ called: 2, answered: 1, violations: [] });
  expect(judgeMethods([called, executed]).violations).toEqual([]);
});

test.each<[string, readonly MethodEvent[]]>([
  ['executed more than once: a/1', [called, executed, executed]],
  ['executed by b in place of a: a/1', [called, { ...executed, deviceId: 'b' }]],
  ['executed by a in place of undefined: a/1', [executed]],
  ['answered by b, for a/1: a/1', [called, executed, { ...answered, by: 'b' }]],
  ['answered by a, for a/2: a/1', [called, executed, { ...answered, answered: 'a/2' }]],
  ['answered, but never executed: a/1', [called, answered]],
])('finds what was %s', (violation, events) => {
  expect(judgeMethods(events).violations).toContain(violation);
});
