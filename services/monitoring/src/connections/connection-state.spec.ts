import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MAX_PENDING } from './connection-event.js';
import { applyDeparture, applyLapse, applyReport, type ConnectionState, type Report } from './connection-state.js';

const NOW = 1_000_000;
const report: Report = { generation: 'g1', epoch: 5, edge: 'e', incarnation: 'i', connected: true, time: 100 };

type Step = (current: ConnectionState | undefined) => ConnectionState | undefined;

function apply(steps: readonly Step[]): ConnectionState | undefined {
  return steps.reduce<ConnectionState | undefined>((state, step) => step(state) ?? state, undefined);
}

const saw =
  (more: Partial<Report> = {}): Step =>
  (current) =>
    applyReport(current, { ...report, ...more }, NOW);
const lapsed =
  (incarnation = 'i', epoch = 5): Step =>
  (current) =>
    applyLapse(current, { edge: 'e', incarnation }, { epoch, held: undefined, now: NOW });

function told(state: ConnectionState | undefined): string[] {
  return (state?.pending ?? []).map(({ connected, generation }) => `${generation}${connected ? '+' : '-'}`);
}

describe('a connection state', () => {
  it('takes a connection back that its edge claims again, and no late report of the lapsed lease', () => {
    const state = apply([saw(), lapsed(), saw()]);
    expect([state?.phase, told(state)]).toEqual(['lapsed', ['g1+', 'g1-']]);
    const back = apply([saw(), lapsed(), saw({ incarnation: 'j' })]);
    expect([back?.phase, told(back)]).toEqual(['connected', ['g1+', 'g1-', 'g1+']]);
    const over = apply([saw(), lapsed(), saw({ connected: false }), saw({ incarnation: 'j' })]);
    expect([over?.phase, told(over)]).toEqual(['disconnected', ['g1+', 'g1-']]);
  });

  it('does not flap where its edge claims it again in time', () => {
    const state = apply([saw(), saw({ incarnation: 'j' }), lapsed()]);
    expect([state?.phase, state?.incarnation, told(state)]).toEqual(['connected', 'j', ['g1+']]);
  });

  it('goes to whoever holds it by now, without an event', () => {
    const current = apply([saw()]);
    const held = { edge: 'e2', incarnation: 'k', connection: 'c', epoch: 8 };
    const state = applyLapse(current, { edge: 'e', incarnation: 'i' }, { epoch: 5, held, now: NOW });
    expect(state).toMatchObject({ phase: 'connected', edge: 'e2', incarnation: 'k', epoch: 8 });
    expect(told(state)).toEqual(['g1+']);
  });

  it('is lapsed only at the epoch that was looked at, and under that lease', () => {
    expect(lapsed('i', 4)(apply([saw()]))).toBeUndefined();
    expect(lapsed('other')(apply([saw()]))).toBeUndefined();
    expect(lapsed()(apply([saw({ connected: false })]))).toBeUndefined();
    expect(lapsed()(undefined)).toBeUndefined();
  });

  it('keeps the newest events where too many wait', () => {
    const steps = Array.from({ length: 50 }, (_, index) =>
      saw({ epoch: 5 + (index >> 1), connected: index % 2 === 0 }),
    );
    const state = apply(steps);
    expect(state?.pending).toHaveLength(MAX_PENDING);
    expect(state?.pending.at(-1)?.sequence).toBe(state?.sequence);
  });

  it('is marked once its identity is deleted, and no more once that is another', () => {
    const deleted: Step = (current) => applyDeparture(current, { generation: 'g1', time: 7 });
    expect(apply([saw(), deleted, saw({ connected: false })])?.departedTime).toBe(7);
    expect(apply([saw(), deleted, saw({ epoch: 6, generation: 'g2' })])?.departedTime).toBeUndefined();
    expect(apply([saw({ generation: 'g2' }), deleted])?.departedTime).toBeUndefined();
  });
});

describe('in any order of reports, late and repeated ones, and of sweeps', () => {
  /** Connections of one identity, each of an edge's life of its own, that ended or not; only the last may live. */
  const history = fc
    .array(fc.record({ gap: fc.integer({ min: 1, max: 1_000 }), generation: fc.constantFrom('g1', 'g2') }), {
      minLength: 1,
      maxLength: 8,
    })
    .chain((connections) =>
      fc.record({ connections: fc.constant(connections), lives: fc.boolean() }).chain(({ lives }) => {
        let epoch = 0;
        const steps = connections.flatMap(({ gap, generation }, index): Step[] => {
          epoch += gap;
          const own = { epoch, generation, incarnation: `i${index}`, time: epoch * 10 };
          const opened = [saw(own), saw(own)];
          const isLast = index === connections.length - 1;
          const sweep = lapsed(own.incarnation, epoch);
          return isLast && lives ? opened : [...opened, saw({ ...own, connected: false, time: own.time + 1 }), sweep];
        });
        const last = { epoch, generation: connections.at(-1)?.generation, lives };
        return fc.record({ order: fc.shuffledSubarray(steps, { minLength: steps.length }), last: fc.constant(last) });
      }),
    );

  it('the greatest epoch decides, and events alternate', () => {
    fc.assert(
      fc.property(history, ({ order, last: { epoch, generation, lives } }) => {
        const state = apply(order);
        expect(state).toMatchObject({ epoch, generation, phase: lives ? 'connected' : 'disconnected' });
        expect(state?.updatedTime).toBe(lives ? epoch * 10 : state?.updatedTime);
        const events = state?.pending ?? [];
        expect(events.map(({ connected }) => connected)).toEqual(events.map((_, index) => index % 2 === 0));
        expect(events.at(-1)?.connected ?? false).toBe(lives);
        const sequences = events.map(({ sequence }) => sequence);
        expect(sequences).toEqual([...new Set(sequences)].sort((left, right) => left - right));
      }),
    );
  });
});
