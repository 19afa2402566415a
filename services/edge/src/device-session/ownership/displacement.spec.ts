import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Held } from '@mooring/affinity';
import { ManualClock } from '@mooring/clock';
import { createLogger } from '@mooring/observability';
import { deviceIdentity } from '../device-identity.js';
import { CONFIRM_MS, Displacement, type OtherEdges, type TakeOver } from './displacement.js';

const D1 = deviceIdentity('d1');
const elsewhere: Held = { edge: 'e2', incarnation: 'i', connection: 'c', epoch: 1 };
const here: Held = { ...elsewhere, edge: 'e1' };

let clock: ManualClock;
let announced: number[];
let outcomes: TakeOver['outcome'][];
let answer: { resolve: (confirmed: boolean) => void; reject: (error: Error) => void };
let known: number[];

const others: OtherEdges = {
  close: () =>
    new Promise((resolve, reject) => {
      answer = { resolve, reject };
    }),
};

function displacement(options: { readonly otherEdges: OtherEdges | undefined } = { otherEdges: others }): Displacement {
  return new Displacement({
    edge: 'e1',
    ...options,
    announce: (_, epoch) => void announced.push(epoch),
    isKnown: (_, epoch) => known.includes(epoch),
    onTakeOver: ({ outcome }) => void outcomes.push(outcome),
    clock,
    log: createLogger('test', 'silent'),
  });
}

/** Whether it has ended by now. */
async function ended(promise: Promise<void> | undefined): Promise<boolean> {
  const open = Symbol('open');
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise, Promise.resolve(open)])) !== open;
}

beforeEach(() => {
  clock = new ManualClock();
  announced = [];
  outcomes = [];
  known = [];
});

describe('whom a claim displaced on another edge', () => {
  it('is waited for until that edge confirms, and then nobody else is told', async () => {
    const waiting = displacement().displace(D1, { epoch: 2, previous: elsewhere }, true);
    clock.advance(CONFIRM_MS - 1);
    expect(await ended(waiting)).toBe(false);
    answer.resolve(true);
    expect(await ended(waiting)).toBe(true);
    clock.advance(CONFIRM_MS);
    expect([announced, outcomes]).toEqual([[], ['confirmed']]);
  });

  it.each([
    ['says that it has none', () => answer.resolve(false)],
    ['cannot be asked', () => answer.reject(new Error('gone'))],
  ])('is told by broadcast at once where the edge %s, and given the rest of the time', async (_, happens) => {
    const waiting = displacement().displace(D1, { epoch: 2, previous: elsewhere }, true);
    happens();
    expect(await ended(waiting)).toBe(false);
    expect([announced, outcomes]).toEqual([[2], ['unconfirmed']]);
    clock.advance(CONFIRM_MS);
    expect(await ended(waiting)).toBe(true);
    expect(announced).toEqual([2]);
  });

  it('is told by broadcast when its edge does not answer in time, and a late answer changes nothing', async () => {
    const waiting = displacement().displace(D1, { epoch: 2, previous: elsewhere }, true);
    clock.advance(CONFIRM_MS);
    expect(await ended(waiting)).toBe(true);
    answer.resolve(true);
    await ended(waiting);
    expect([announced, outcomes]).toEqual([[2], ['unconfirmed']]);
  });

  it('is waited for by a newer claim of the same edge too', async () => {
    known = [2];
    const tested = displacement();
    const first = tested.displace(D1, { epoch: 2, previous: elsewhere }, true);
    const second = tested.displace(D1, { epoch: 3, previous: { ...here, epoch: 2 } }, true);
    expect(await ended(second)).toBe(false);
    answer.resolve(true);
    expect([await ended(first), await ended(second)]).toEqual([true, true]);
    expect(tested.displace(D1, { epoch: 4 }, true)).toBeUndefined();
  });

  it('is told by broadcast alone where edges cannot be asked', () => {
    const alone = displacement({ otherEdges: undefined });
    expect(alone.displace(D1, { epoch: 2, previous: elsewhere }, true)).toBeUndefined();
    expect([announced, outcomes]).toEqual([[2], ['announced']]);
  });
});

describe('a claim that displaced nobody whose lease lives', () => {
  it('concerns nobody', () => {
    expect(displacement().displace(D1, { epoch: 2 }, true)).toBeUndefined();
    expect([announced, outcomes]).toEqual([[], []]);
  });

  it('is broadcast while the store may lack entries', () => {
    expect(displacement().displace(D1, { epoch: 2 }, false)).toBeUndefined();
    expect(announced).toEqual([2]);
  });

  it('is broadcast for who held it under a lease that has lapsed', () => {
    expect(displacement().displace(D1, { epoch: 2, lapsed: elsewhere }, true)).toBeUndefined();
    expect(announced).toEqual([2]);
  });
});

describe('an older claim of the same edge', () => {
  it('needs no word if its connection is known', () => {
    known = [1];
    expect(displacement().displace(D1, { epoch: 2, previous: here }, true)).toBeUndefined();
    expect([announced, outcomes]).toEqual([[], ['local']]);
  });

  it.each(['previous', 'lapsed'])('whose answer was lost may have displaced somebody unknown (%s)', (as) => {
    expect(displacement().displace(D1, { epoch: 2, [as]: here }, true)).toBeUndefined();
    expect(announced).toEqual([2]);
  });
});
