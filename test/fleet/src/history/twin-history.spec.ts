import { describe, expect, it } from '@jest/globals';
import { judgeTwin, type TwinAttempt, type TwinChange, type TwinHistory, type TwinValue } from './twin-history.js';

const value = (n: number, key = 'w', section: TwinValue['section'] = 'desired'): TwinValue => ({
  section,
  key,
  value: n,
});
const before = { version: 1, desiredVersion: 1, reportedVersion: 1, values: [] };
const attempt = (n: number, more: Partial<TwinAttempt> = {}): TwinAttempt => ({
  ...value(n),
  startedAt: 10 * n,
  endedAt: 10 * n + 5,
  outcome: 'accepted',
  version: n + 1,
  ...more,
});
const change = (n: number, more: Partial<TwinChange> = {}): TwinChange => ({
  version: n + 1,
  values: [value(n)],
  desiredVersion: n + 1,
  ...more,
});
const ATTEMPTS = [attempt(1), attempt(2), attempt(3)];
const CHANGES = [change(1), change(2), change(3)];

/** What is found in three writes one after another, if this is otherwise. */
function violations(otherwise: Partial<TwinHistory>): readonly string[] {
  const after = { version: 4, desiredVersion: 4, reportedVersion: 1, values: [value(3)] };
  return judgeTwin({ attempts: ATTEMPTS, changes: CHANGES, before, after, ...otherwise });
}

describe('judgeTwin', () => {
  it('finds nothing wrong with a linear history, and repeated changes', () => {
    expect(violations({})).toEqual([]);
    expect(violations({ changes: [...CHANGES.slice(0, 2), ...CHANGES] })).toEqual([]);
  });

  it('lets what was not answered be made or not', () => {
    const unanswered = attempt(3, { outcome: 'unanswered' });
    expect(violations({ attempts: [...ATTEMPTS.slice(0, 2), unanswered] })).toEqual([]);
    expect(violations({ attempts: [...ATTEMPTS, attempt(4, { outcome: 'unanswered' })] })).toEqual([]);
  });

  it('holds a report to the version of its section', () => {
    const report = (version: number) => ({ ...attempt(4, { version }), ...value(4, 'r', 'reported') });
    const reported = { version: 5, values: [value(4, 'r', 'reported')], reportedVersion: 2 };
    const after = { version: 5, desiredVersion: 4, reportedVersion: 2, values: [value(3), ...reported.values] };
    const changes = [...CHANGES, reported];
    expect(violations({ attempts: [...ATTEMPTS, report(2)], changes, after })).toEqual([]);
    expect(violations({ attempts: [...ATTEMPTS, report(3)], changes, after })).toEqual([
      'reported.r=4 was accepted as version 3, and is 2',
    ]);
  });

  it('finds a lost update, in the log and in the twin', () => {
    const lost = { version: 3, desiredVersion: 3, reportedVersion: 1, values: [value(2)] };
    expect(violations({ changes: CHANGES.slice(0, 2), after: lost })).toEqual([
      'desired.w=3 was accepted as version 4, and is lost',
    ]);
    const after = { version: 4, desiredVersion: 4, reportedVersion: 1, values: [value(2)] };
    expect(violations({ after })).toEqual(['desired.w is 2, and was last set to 3']);
  });

  it('finds a version that is missing in the log, or at its end', () => {
    expect(violations({ changes: [change(1), change(3)] })).toEqual([
      'version 4 follows 2',
      'version 4 has another $version than the next one',
      'desired.w=2 was accepted as version 3, and is lost',
    ]);
    expect(violations({ changes: CHANGES.slice(0, 2) })).toContain(
      'the twin has version 4, the log ends with 3, or so has a section',
    );
  });

  it('finds versions that are out of order, or given twice', () => {
    expect(violations({ changes: [change(2), change(1), change(3)] })).toContain(
      'version 2 comes again as another change, or too late',
    );
    expect(violations({ changes: [...CHANGES, change(2, { values: [value(9)] })] })).toEqual([
      'version 3 comes again as another change, or too late',
    ]);
  });

  it('finds a $version that is not the next one', () => {
    expect(violations({ changes: [change(1), change(2, { desiredVersion: 2 }), change(3)] })).toContain(
      'version 3 has another $version than the next one',
    );
  });

  it('finds what was told another version', () => {
    expect(violations({ attempts: [attempt(1, { version: 3 }), attempt(2), attempt(3)] })).toEqual([
      'desired.w=1 was accepted as version 3, and is 2',
    ]);
  });

  it('finds changes that nobody made, were refused, or are two in one', () => {
    expect(violations({ attempts: ATTEMPTS.slice(0, 2) })).toEqual(['version 4 is desired.w=3, which was never tried']);
    const refused = [...ATTEMPTS.slice(0, 2), attempt(3, { outcome: 'refused' })];
    expect(violations({ attempts: refused })).toEqual(['version 4 is desired.w=3, which was refused']);
    const both = change(3, { values: [value(3), value(3, 'v')] });
    expect(violations({ changes: [...CHANGES.slice(0, 2), both] })).toContain(
      'version 4 is not the change of one attempt',
    );
  });

  it('finds an attempt that was made twice', () => {
    const changes = [...CHANGES, change(4, { values: [value(3)] })];
    const after = { version: 5, desiredVersion: 5, reportedVersion: 1, values: [value(3)] };
    expect(violations({ changes, after })).toContain('desired.w=3 was made twice');
  });

  it('finds an order that contradicts time', () => {
    const early = attempt(3, { startedAt: 0, endedAt: 5 });
    expect(violations({ attempts: [attempt(1), attempt(2), early] })).toEqual([
      'desired.w=1 is version 2, and began when 4 had been accepted',
      'desired.w=2 is version 3, and began when 4 had been accepted',
    ]);
    expect(violations({ attempts: [attempt(1), attempt(2), attempt(3, { startedAt: 0 })] })).toEqual([]);
  });

  it('finds two winners for one entity tag', () => {
    const rivals = [attempt(1), attempt(2, { ifMatch: '"a"' }), attempt(3, { ifMatch: '"a"' })];
    expect(violations({ attempts: rivals })).toEqual([
      'desired.w=2 and desired.w=3 were both made for the entity tag "a"',
    ]);
  });
});
