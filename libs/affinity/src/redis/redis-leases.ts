import type { Clock } from '@mooring/clock';
import type { ProcessLease } from '../port.js';
import { StartedLeases } from '../started-leases.js';
import { decodeLease, encodeIncarnation, encodeLease } from './entries.js';
import type { Keys } from './keys.js';
import type { RedisCalls } from './redis-calls.js';

/** How long the name of a process that ended without saying so is still looked up. */
const FORGET_AFTER_MS = 86_400_000;
/** Processes whose leases are read along with any entry; those of others cost a second batch. */
const MOST_FAMILIAR = 64;

/** Tells which leases lived when the entries were read. */
export type Leases = (process: string, incarnation: string) => boolean;

/** Leases in Redis: a key each, which expires, and a sorted set of their names, as keys cannot be listed cheaply. */
export class RedisLeases {
  readonly #started = new StartedLeases();
  readonly #familiar = new Set<string>();

  constructor(
    private readonly calls: RedisCalls,
    private readonly keys: Keys,
    private readonly clock: Clock,
  ) {}

  async renew(lease: ProcessLease, ttlMs: number): Promise<boolean> {
    const { process, incarnation } = lease;
    const start = !this.#started.has(process, incarnation);
    const args = [encodeIncarnation(incarnation), encodeLease(lease), String(ttlMs), start ? 'start' : ''];
    const [[, renewed]] = await Promise.all([
      this.calls.script('affinityRenew', this.keys.lease(process), args),
      this.#list(process, start),
    ]);
    if (renewed === 'yes') {
      this.#started.add(process, incarnation);
    }
    return renewed === 'yes';
  }

  async end(process: string, incarnation: string): Promise<void> {
    await this.calls.script('affinityEnd', this.keys.lease(process), [encodeIncarnation(incarnation)]);
  }

  async live(): Promise<ProcessLease[]> {
    const names = await this.calls.plain((redis) => redis.zrange(this.keys.processes(), '0', '-1'));
    return [...(await this.#read(names)).values()];
  }

  /**
   * Reads leases together with `entries`: those of the processes that entries named before are asked for in the same batch,
   * so that only a new process costs a second one.
   */
  async alongside<Entry>(
    entries: Promise<readonly Entry[]>,
    processOf: (entry: Entry) => string | undefined,
  ): Promise<{ readonly entries: readonly Entry[]; readonly lives: Leases }> {
    const asked = new Set(this.#familiar);
    const [read, familiar] = await Promise.all([entries, this.#read(asked)]);
    const unfamiliar = new Set<string>();
    for (const entry of read) {
      const process = processOf(entry);
      if (process !== undefined && !asked.has(process)) {
        unfamiliar.add(process);
      }
    }
    const more = await this.#read(unfamiliar);
    this.#remember(asked, familiar);
    this.#remember(unfamiliar, more);
    return {
      entries: read,
      lives: (process, incarnation) => (familiar.get(process) ?? more.get(process))?.incarnation === incarnation,
    };
  }

  async lives(process: string, incarnation: string): Promise<boolean> {
    return (await this.#read([process])).get(process)?.incarnation === incarnation;
  }

  async #read(processes: Iterable<string>): Promise<ReadonlyMap<string, ProcessLease>> {
    const found = new Map<string, ProcessLease>();
    await Promise.all(
      Array.from(processes, async (process) => {
        const entry = await this.calls.plain((redis) => redis.get(this.keys.lease(process)));
        if (entry !== null) {
          found.set(process, decodeLease(process, entry));
        }
      }),
    );
    return found;
  }

  async #list(process: string, start: boolean): Promise<void> {
    const now = Math.round(this.clock.now());
    await this.calls.plain((redis) =>
      Promise.all([
        redis.zadd(this.keys.processes(), String(now), process),
        start ? redis.zremrangebyscore(this.keys.processes(), '-inf', String(now - FORGET_AFTER_MS)) : undefined,
      ]),
    );
  }

  /** A process without a lease is forgotten: it may never come back. */
  #remember(processes: Iterable<string>, leases: ReadonlyMap<string, ProcessLease>): void {
    for (const process of processes) {
      if (!leases.has(process)) {
        this.#familiar.delete(process);
      } else if (this.#familiar.size < MOST_FAMILIAR) {
        this.#familiar.add(process);
      }
    }
  }
}
