import { describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import fc from 'fast-check';
import type { AppendOrigin } from '../../port.js';
import { SimulatedCluster, textsOf } from './simulated-cluster.js';

const BROKERS = [1, 2, 3];
const DEVICES = 6;

type Step =
  | { readonly kind: 'append'; readonly device: number }
  /** What becomes of the oldest request: the broker may have taken it even if the client does not learn of it. */
  | { readonly kind: 'answer'; readonly fate: 'stored' | 'refused' | 'lost' | 'unanswered' }
  | { readonly kind: 'lead'; readonly partition: number; readonly leader: number | undefined }
  | { readonly kind: 'reach'; readonly reachable: boolean }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('append' as const), device: fc.nat(DEVICES - 1) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('answer' as const),
      fate: fc.constantFrom('stored' as const, 'refused' as const, 'lost' as const, 'unanswered' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('lead' as const),
      partition: fc.nat(BROKERS.length - 1),
      leader: fc.option(fc.constantFrom(...BROKERS), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reach' as const), reachable: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 2, 60, 700, 3_000, 30_000) }),
  },
);

/** A device that numbers its messages and, once its connection was closed, sends again in order what was not acknowledged. */
class Device {
  readonly acknowledged: number[] = [];
  private unacknowledged: number[] = [];
  private connection: AppendOrigin;
  private next = 0;

  constructor(
    readonly key: string,
    private readonly cluster: SimulatedCluster,
  ) {
    this.connection = this.connect();
  }

  publish(): void {
    const number = this.next++;
    this.unacknowledged.push(number);
    this.send(number);
  }

  private connect(): AppendOrigin {
    const connection: AppendOrigin = {
      appended: (number) => {
        if (this.connection !== connection) {
          throw new Error('an acknowledgement after the connection was closed');
        }
        this.acknowledged.push(number);
        this.unacknowledged = this.unacknowledged.filter((one) => one !== number);
      },
      appendedAll: () => undefined,
      appendFailed: () => {
        this.connection = this.connect();
        for (const number of this.unacknowledged) {
          this.send(number);
        }
      },
      appendable: () => undefined,
    };
    return connection;
  }

  private send(number: number): void {
    const record = { key: this.key, headers: {}, value: Buffer.from(`${this.key} ${number}`) };
    this.cluster.appender.append(record, this.connection, number);
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}

describe('lanes, whatever happens to their requests', () => {
  it('have logged all that they acknowledged, and the first occurrences of each device in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 150 }), async (steps) => {
        const cluster = new SimulatedCluster({ clock: new ManualClock(), partitions: 1, leaders: BROKERS });
        const devices = Array.from({ length: DEVICES }, (_, i) => new Device(`device-${i}`, cluster));
        const logged: string[] = [];
        const decide = (fate: 'stored' | 'refused' | 'lost' | 'unanswered'): void => {
          const send = cluster.sends.find((one) => !one.done);
          if (send === undefined) {
            return;
          }
          if (fate === 'refused') {
            send.answer('refused');
          } else if (fate === 'lost') {
            send.fail();
          } else {
            logged.push(...send.payloads.flatMap(textsOf));
            fate === 'stored' ? send.answer('stored') : send.fail();
          }
        };
        for (const one of steps) {
          perform(one, { cluster, devices, decide });
          await settle();
        }
        cluster.reachable = true;
        BROKERS.forEach((broker, partition) => {
          cluster.lead(partition, broker);
        });
        for (let rounds = 0; cluster.appender.outstanding.records > 0; rounds++) {
          expect(rounds).toBeLessThan(1_000);
          cluster.clock.advance(500);
          decide('stored');
          await settle();
        }
        expect(cluster.appender.outstanding.bytes).toBe(0);
        for (const device of devices) {
          const own = logged
            .filter((text) => text.startsWith(`${device.key} `))
            .map((text) => Number(text.split(' ')[1]));
          const first = [...new Set(own)];
          expect(first).toEqual([...first].sort((a, b) => a - b));
          expect(device.acknowledged.filter((number) => !first.includes(number))).toEqual([]);
          expect(device.acknowledged).toEqual([...device.acknowledged].sort((a, b) => a - b));
        }
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

function perform(
  step: Step,
  run: {
    readonly cluster: SimulatedCluster;
    readonly devices: readonly Device[];
    readonly decide: (fate: 'stored' | 'refused' | 'lost' | 'unanswered') => void;
  },
): void {
  switch (step.kind) {
    case 'append':
      run.devices[step.device]?.publish();
      break;
    case 'answer':
      run.decide(step.fate);
      break;
    case 'lead':
      run.cluster.lead(step.partition, step.leader);
      break;
    case 'reach':
      run.cluster.reachable = step.reachable;
      break;
    case 'wait':
      run.cluster.clock.advance(step.ms);
  }
}
