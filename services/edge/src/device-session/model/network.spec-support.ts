import { type Affinity, openAffinity, type ProcessLease } from '@mooring/affinity';
import type { ManualClock } from '@mooring/clock';
import type { Appender, EventLog, LogRecord, StoredRecord } from '@mooring/event-log';
import { control, type edge } from '@mooring/proto';
import type { EdgeClock } from './edge-clock.spec-support.js';

/** A broadcast arrives within this, unless its receiver is cut off or frozen. */
export const MAX_DELAY_MS = 2_000;
/** Half of the way of a call; both together may take longer than it is waited for. */
const MAX_ANSWER_MS = 700;
const PEER_DEADLINE_MS = 5_000;

/** What a process reaches at the moment. */
export interface Links {
  store: boolean;
  log: boolean;
  peers: boolean;
  /** The next claim is carried out, and its answer is lost. */
  losesClaim: boolean;
}

interface Process {
  readonly clock: EdgeClock;
  readonly links: Links;
}

/** What lies between the edges of a model: the store, the event log and calls between edges, each as unreliable as a seed says. */
export class Network {
  private constructor(
    private readonly clock: ManualClock,
    private readonly random: () => number,
    private store: Affinity,
  ) {}

  private readonly started = new Set<string>();
  private readonly followers: { readonly process: Process; readonly deliver: (value: Buffer) => void }[] = [];
  private readonly services = new Map<string, { readonly process: Process; readonly contract: edge.EdgeService }>();

  static async open(clock: ManualClock, random: () => number): Promise<Network> {
    return new Network(clock, random, await openAffinity({ kind: 'embedded', clock }));
  }

  async empty(): Promise<void> {
    this.clock.advance(1);
    this.store = await openAffinity({ kind: 'embedded', clock: this.clock });
  }

  holders(names: readonly string[]): ReturnType<Affinity['holders']> {
    return this.store.holders(names);
  }

  affinityFor({ clock, links }: Process): Affinity {
    const call = <T>(action: (store: Affinity) => Promise<T>): Promise<T> =>
      clock.reaches(links.store ? action(this.store) : Promise.reject(new Error('the store cannot be reached')));
    return {
      renewLease: (lease, ttlMs) => call((store) => this.renewLease(store, lease, ttlMs)),
      endLease: (process, incarnation) => call((store) => store.endLease(process, incarnation)),
      liveProcesses: () => call((store) => store.liveProcesses()),
      claim: async (identity, holder) => {
        const claim = await call((store) => store.claim(identity, holder));
        if (links.losesClaim) {
          links.losesClaim = false;
          throw new Error('the answer was lost');
        }
        return claim;
      },
      reclaim: (identity, held) => call((store) => store.reclaim(identity, held)),
      release: (identity, epoch) => call((store) => store.release(identity, epoch)),
      holders: (identities) => call((store) => store.holders(identities)),
      locate: (identities) => call((store) => store.locate(identities)),
      claimOwnership: unused,
      releaseOwnership: unused,
      deficiency: async () => undefined,
      close: async () => undefined,
    };
  }

  eventLogFor(process: Process): EventLog {
    const appender: Appender = {
      append: unused,
      appendAll: async (records) => {
        if (!process.links.log) {
          throw new Error('the event log cannot be reached');
        }
        records.forEach((record) => {
          this.broadcast(record);
        });
      },
      outstanding: { records: 0, bytes: 0 },
      drained: async () => undefined,
    };
    return {
      appender: () => appender,
      follow: async (topic, handler) => {
        const deliver = (value: Buffer) => handler(stored(topic, value));
        this.followers.push({ process, deliver });
        return { close: async () => undefined };
      },
      deficiencies: async () => (process.links.log ? [] : [{ severity: 'unavailable', message: 'gone' }]),
      ensureTopics: unused,
      describeTopic: unused,
      describePartition: unused,
      read: unused,
      consume: unused,
      close: unused,
    };
  }

  serve(address: string, process: Process, contract: edge.EdgeService): void {
    this.services.set(address, { process, contract });
  }

  /** Another edge, as the caller reaches it: requests and answers are late, lost, or out of order. */
  peerFor(caller: Process, address: string): edge.EdgeService {
    const call = <T>(ask: (contract: edge.EdgeService) => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        this.clock.after(PEER_DEADLINE_MS, () => caller.clock.run(() => reject(new Error('too late'))));
        this.arrive(() => {
          const target = this.services.get(address);
          if (target === undefined || !caller.links.peers || !target.process.links.peers || this.random() < 0.1) {
            return;
          }
          target.process.clock.run(() => {
            void ask(target.contract).then((answer) => {
              if (this.random() >= 0.1) {
                this.arrive(() => caller.clock.run(() => resolve(answer)), MAX_ANSWER_MS);
              }
            });
          });
        }, MAX_ANSWER_MS);
      });
    return {
      closeConnections: (request) => call((contract) => contract.closeConnections(request)),
      findConnections: (request) => call((contract) => contract.findConnections(request)),
    };
  }

  beat(): void {
    const event = control.ControlEvent.encode({ timeMs: 0, event: { $case: 'beat', value: {} } }).finish();
    for (const { process, deliver } of this.followers) {
      if (process.links.log) {
        process.clock.run(() => deliver(Buffer.from(event)));
      }
    }
  }

  /** An adapter remembers the leases that it started, so that one which an emptied store does not know has lapsed. */
  private async renewLease(store: Affinity, lease: ProcessLease, ttlMs: number): Promise<boolean> {
    const isStarted = this.started.has(lease.incarnation);
    this.started.add(lease.incarnation);
    const live = await store.liveProcesses();
    return isStarted && live.every(({ incarnation }) => incarnation !== lease.incarnation)
      ? false
      : store.renewLease(lease, ttlMs);
  }

  private broadcast({ value }: LogRecord): void {
    for (const follower of this.followers) {
      this.arrive(() => this.hand(follower, value), MAX_DELAY_MS);
    }
  }

  private hand(follower: (typeof this.followers)[number], value: Buffer): void {
    const { process, deliver } = follower;
    if (process.links.log) {
      process.clock.run(() => deliver(value));
    } else {
      this.clock.after(100, () => this.hand(follower, value));
    }
  }

  private arrive(action: () => void, maxMs: number): void {
    const isQuick = this.random() < 0.5;
    this.clock.after(Math.floor(this.random() * (isQuick ? 20 : maxMs)), action);
  }
}

function stored(topic: string, value: Buffer): StoredRecord {
  return { topic, partition: 0, offset: 0, timestamp: 0, key: '', headers: {}, value };
}

function unused(): never {
  throw new Error('an edge of the model does not call this');
}
