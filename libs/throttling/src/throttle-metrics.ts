import { Counter, Gauge, type Metrics } from '@mooring/observability';
import type { Throttle } from './throttle.js';

/** Counts and gauges of limits, read when metrics are asked for. Without limits they are there, and empty. */
export function measureThrottles(throttles: readonly Throttle[], metrics: Metrics): void {
  const registers = [metrics];
  new Counter({
    name: 'mooring_throttling_operations_total',
    help: 'Operations beyond a limit: those that had to wait, and those that waited in vain.',
    labelNames: ['limit', 'outcome'],
    registers,
    collect() {
      this.reset();
      for (const { name, delayed, refused } of throttles) {
        this.inc({ limit: name, outcome: 'delayed' }, delayed);
        this.inc({ limit: name, outcome: 'refused' }, refused);
      }
    },
  });
  const gauges: [what: string, help: string, value: (throttle: Throttle) => number][] = [
    ['waiting_operations', 'Operations that wait.', ({ bucket }) => bucket.waiting],
    ['active_senders', 'Identities and policies that a limit was asked for lately.', ({ bucket }) => bucket.active],
    [
      'limit_per_second',
      'What of the limit of the hub is given in this process, a second.',
      ({ bucket }) => bucket.perSecond,
    ],
  ];
  for (const [what, help, value] of gauges) {
    new Gauge({
      name: `mooring_throttling_${what}`,
      help,
      labelNames: ['limit'],
      registers,
      collect() {
        for (const throttle of throttles) {
          this.set({ limit: throttle.name }, value(throttle));
        }
      },
    });
  }
}
