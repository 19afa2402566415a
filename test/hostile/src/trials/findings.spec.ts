import { describe, expect, it } from '@jest/globals';
import { Findings } from './findings.js';
import { accepted, refused, type Trial } from './trial.js';

function judged(right: Trial['right'], outcome: ReturnType<typeof refused>): Findings {
  const findings = new Findings();
  findings.judge({ what: 'it', ...(right && { right }) }, outcome);
  return findings;
}

describe('findings', () => {
  it('take any refusal as right where none is named, and count its ways', () => {
    const findings = judged(undefined, refused('closed'));
    findings.judge({ what: 'it' }, refused('closed'));
    expect(findings.isClean).toBe(true);
    expect([...findings.refusals]).toEqual([['closed', 2]]);
  });

  it.each<[what: string, right: Trial['right'], outcome: ReturnType<typeof refused>, kind: 'accepted' | 'otherwise']>([
    ['what is taken', undefined, accepted('PUBACK'), 'accepted'],
    ['what is taken in place of a refusal that is named', ['closed'], accepted('PUBACK'), 'accepted'],
    ['what is refused otherwise', ['CONNACK 5'], refused('closed'), 'otherwise'],
    ['what is refused and must be taken', ['204'], refused('401'), 'otherwise'],
  ])('are not clean after %s', (_, right, outcome, kind) => {
    const findings = judged(right, outcome);
    expect(findings.isClean).toBe(false);
    expect(findings[kind]).toHaveLength(1);
  });

  it.each<[right: Trial['right'], outcome: ReturnType<typeof refused>]>([
    ['anything', accepted('PUBACK')],
    ['anything', refused('closed')],
    [['204'], accepted('204')],
    [['closed', 'CONNACK 5'], refused('CONNACK 5')],
  ])('are clean where %j is right and so it is answered', (right, outcome) => {
    expect(judged(right, outcome).isClean).toBe(true);
  });

  it('are not clean after what was not answered', () => {
    const findings = new Findings();
    findings.hang('it', new Error('no answer'));
    expect([findings.isClean, findings.hung]).toEqual([false, ['it: no answer']]);
  });
});
