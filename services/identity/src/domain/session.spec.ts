import { describe, expect, it } from '@jest/globals';
import { isKept, nextSession, type SessionState } from './session.js';

function session(generation: string, epoch: number, discarded = false): SessionState {
  return { generation, epoch, subscriptions: [], discarded };
}

describe('nextSession', () => {
  it.each([
    ['the first write', undefined, session('1', 5), '1', true],
    ['a newer connection', session('1', 5), session('1', 6), '1', true],
    ['the same connection', session('1', 5), session('1', 5), '1', true],
    ['an older connection', session('1', 5), session('1', 4), '1', false],
    ['an older connection behind a fence', session('1', 5, true), session('1', 4), '1', false],
    ['a write over one of another generation', session('1', 5), session('2', 1), '2', true],
    ['a write of another generation', session('2', 1), session('1', 5), '2', false],
    ['a write for what does not exist', undefined, session('1', 5), undefined, false],
  ])('%s', (_what, current, write, generation, written) => {
    expect(nextSession(current, write, generation)).toBe(written ? write : undefined);
  });
});

describe('isKept', () => {
  it('knows neither sessions of another generation nor those that have ended', () => {
    expect(isKept(session('1', 1), '1')).toBe(true);
    expect(isKept(session('1', 1), '2')).toBe(false);
    expect(isKept(session('1', 1, true), '1')).toBe(false);
    expect(isKept(undefined, '1')).toBe(false);
  });
});
