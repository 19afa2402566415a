import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { ConnectRate } from './connect-rate.js';

function setUp(perSecond: number, maxWaiting = 100) {
  const clock = new ManualClock();
  const rate = new ConnectRate({ clock, perSecond, maxWaitMs: 1_000, maxWaiting });
  const seen: string[] = [];
  const come = (name: string) =>
    rate.admit(
      () => seen.push(name),
      () => seen.push(`no ${name}`),
    );
  return { clock, rate, seen, come };
}

describe('ConnectRate', () => {
  it('starts as many as a second may have, and the others in turn', () => {
    const { clock, seen, come } = setUp(2);
    for (const name of ['a', 'b', 'c', 'd']) {
      come(name);
    }
    expect(seen).toEqual(['a', 'b']);
    clock.advance(500);
    expect(seen).toEqual(['a', 'b', 'c']);
    clock.advance(500);
    expect(seen).toEqual(['a', 'b', 'c', 'd']);
  });

  it('refuses who has waited too long', () => {
    const { clock, rate, seen, come } = setUp(1);
    come('a');
    come('b');
    come('c');
    clock.advance(1_900);
    expect(seen).toEqual(['a', 'b', 'no c']);
    expect(rate.length).toBe(0);
  });

  it('lets no more wait than it is told, and no one once it is closed', () => {
    const { rate, seen, come } = setUp(1, 1);
    come('a');
    come('b');
    come('c');
    expect(seen).toEqual(['a', 'no c']);
    rate.close();
    expect(seen).toEqual(['a', 'no c', 'no b']);
  });
});
