import type { Affinity, Held } from '@mooring/affinity';
import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { DeviceIdentity } from '../device-identity.js';
import type { Admission, LiveConnection } from '../live/live-connection.js';
import type { LiveConnections } from '../live/live-connections.js';
import type { PendingAdmission } from '../pending-admissions.js';
import type { Displacement } from './displacement.js';
import { IsolationWatch } from './isolation-watch.js';
import { LEASE_MS, type Lease } from './lease.js';
import type { OlderConnections } from './older-connections.js';
import { RecentClaims } from './recent-claims.js';

export interface OwnershipOptions {
  readonly affinity: Affinity;
  /** Name of this process. */
  readonly edge: string;
  readonly lease: Lease;
  readonly live: LiveConnections;
  readonly olderConnections: OlderConnections;
  readonly displacement: Displacement;
  /** Tells the other processes that an identity is held here, at this epoch. */
  readonly announce: (identity: DeviceIdentity, epoch: number) => void;
  /** An identity is held under a new incarnation. */
  readonly onReclaimed: (admission: Admission) => void;
  /**
   * Services may not have found this process for a while, and do again.
   *
   * @param since by the wall clock, in milliseconds: until then they did for certain
   */
  readonly onRegained: (since: number) => void;
  /** Time for which nothing has come through the event log. */
  readonly logSilenceMs: () => number;
  readonly isLogUnavailable: () => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Claimed {
  readonly epoch: number;
  /** Of this process' lease, under which it was claimed. */
  readonly incarnation: string;
  readonly isTakeOver: boolean;
}

const RENEW_MS = 3_000;
/** An answer that took so long that the lease may have lapsed since tells nothing: the store is asked again. */
const RENEW_ATTEMPTS = 2;
/** Claims on their way at a time when all are claimed again; the adapter pipelines them. */
const RECLAIM_AT_ONCE = 200;
const VERIFY_BATCH = 1_000;
/**
 * After the store was emptied the edges fill it again within a renewal. So long a claim that displaced nobody is broadcast all
 * the same, for an edge that is late.
 */
const REFILL_MS = 60_000;

/** Which identities this process holds, for the whole cluster to see. */
export class Ownership {
  private readonly recent: RecentClaims;
  private readonly watch: IsolationWatch;
  private timer: Timer | undefined;
  private renewing: Promise<void> | undefined;
  /** Since when nothing is read, as it is unknown what is still held; undefined: it is read. */
  private fencedAt: number | undefined;
  /** Since when services may not have found this process; undefined: they have. */
  private lostSince: number | undefined;
  /** The incarnation is new, and not all has been claimed again under it. */
  private mustReclaim = false;
  /** Broadcasts may have been missed. */
  private mustVerify = false;
  private refilledAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: OwnershipOptions) {
    const { clock, lease, logSilenceMs, isLogUnavailable } = options;
    this.recent = new RecentClaims(clock);
    this.watch = new IsolationWatch({
      unrenewedMs: () => lease.unrenewedMs,
      logSilenceMs,
      isLogUnavailable,
      onIsolated: () => this.closeAll(),
      clock,
    });
  }

  get incarnation(): string {
    return this.options.lease.incarnation;
  }

  /** Takes a lease; where that is not possible yet, it is tried again, and claims are refused meanwhile. */
  async start(): Promise<void> {
    await this.renew();
    this.timer = this.options.clock.every(RENEW_MS, () => void this.renew());
    this.watch.start();
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    this.watch.stop();
    await this.renewing;
    await this.options.lease.end().catch((error: unknown) => {
      this.options.log.warn({ err: error }, 'the lease could not be ended; it lapses by itself');
    });
  }

  /**
   * Takes an identity over from whoever holds it: the newest connection wins. Resolves when the older one is closed, or has
   * been waited for long enough. Rejects if the store cannot be reached.
   */
  async claim(pending: PendingAdmission, connection: string): Promise<Claimed> {
    const { affinity, edge, lease, olderConnections, displacement, clock } = this.options;
    const { incarnation } = lease;
    const { identity } = pending;
    const claim = await affinity.claim(identity.name, { edge, incarnation, connection }).catch((error: unknown) => {
      olderConnections.claimLost(identity);
      throw error;
    });
    pending.epoch = claim.epoch;
    olderConnections.claimed(identity);
    this.recent.add(identity, claim.epoch);
    const isStoreWhole = clock.monotonic() >= this.refilledAt;
    await displacement.displace(identity, claim, isStoreWhole);
    return { epoch: claim.epoch, incarnation, isTakeOver: claim.previous !== undefined };
  }

  /** Whether a claim still counts; not if all was claimed again since, for it may have been left out. */
  counts({ incarnation }: Claimed): boolean {
    const { lease } = this.options;
    return incarnation === lease.incarnation && lease.lives;
  }

  /** Asked before anything is read of a connection. If it may not be, all are held until they are claimed again. */
  mayRead(): boolean {
    if (this.options.lease.goesOn) {
      return true;
    }
    this.fence();
    return false;
  }

  release(identity: DeviceIdentity, epoch: number): void {
    this.options.affinity.release(identity.name, epoch).catch((error: unknown) => {
      // The entry is taken over by the next connection, or ends with the lease.
      this.options.log.debug({ err: error, deviceId: identity.deviceId }, 'an identity could not be released');
    });
  }

  /** Broadcasts may have been missed: the store is asked what is held elsewhere by now. */
  verify(): void {
    this.mustVerify = true;
    void this.renew();
  }

  private fence(): void {
    if (this.fencedAt === undefined) {
      const { clock, live, log } = this.options;
      this.lost();
      this.fencedAt = clock.monotonic();
      log.warn({ connections: live.size }, 'the lease may have lapsed; nothing is read until that is known');
      for (const connection of live.all()) {
        connection.hold();
      }
      void this.renew();
    }
  }

  /** From its last renewal on services may not have found this process. */
  private lost(): void {
    const { clock, lease } = this.options;
    this.lostSince ??= clock.now() - lease.unrenewedMs;
  }

  private renew(): Promise<void> {
    this.renewing ??= this.renewNow().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async renewNow(): Promise<void> {
    const { lease, clock, log } = this.options;
    try {
      for (let attempt = 1; attempt <= RENEW_ATTEMPTS; attempt++) {
        await this.renewOnce();
        if (lease.goesOn) {
          await this.recover();
          return;
        }
        this.fence();
      }
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be renewed; live connections go on, new ones are refused');
      lease.unreachable();
      this.lost();
      if (this.mustReclaim) {
        this.fence();
      }
      if (this.fencedAt !== undefined && clock.monotonic() - this.fencedAt >= LEASE_MS) {
        this.closeAll();
      }
    }
  }

  private async renewOnce(): Promise<void> {
    const { lease, clock } = this.options;
    const sentAt = clock.monotonic();
    if (await lease.renew()) {
      this.recent.forgetBefore(sentAt);
    } else {
      await this.startAnew();
    }
  }

  /** The lease had lapsed, or the store was emptied: under a new incarnation, before anything more is read. */
  private async startAnew(): Promise<void> {
    const { lease, live, log, clock, announce } = this.options;
    const isEmptied = lease.lives;
    this.fence();
    this.mustReclaim = true;
    lease.startAnew();
    log.warn({ connections: live.size, isEmptied }, 'the lease had lapsed; all identities are claimed again');
    if (isEmptied) {
      this.refilledAt = clock.monotonic() + REFILL_MS;
    }
    for (const { identity, epoch } of this.recent.take()) {
      announce(identity, epoch);
    }
    await lease.renew();
  }

  /** The lease lives: what was held back until that was known goes on. */
  private async recover(): Promise<void> {
    const { live } = this.options;
    const wasFenced = this.fencedAt !== undefined;
    if (this.mustReclaim) {
      const connections = [...live.all()];
      this.fencedAt = undefined;
      while (connections.length > 0) {
        await Promise.all(connections.splice(-RECLAIM_AT_ONCE).map((connection) => this.reclaim(connection)));
      }
      this.mustReclaim = false;
    } else if (wasFenced) {
      this.fencedAt = undefined;
      for (const connection of [...live.all()]) {
        connection.release();
      }
    }
    if (this.mustVerify) {
      await this.verifyAll();
      this.mustVerify = false;
    }
    if (this.lostSince !== undefined) {
      const since = this.lostSince;
      this.lostSince = undefined;
      this.options.onRegained(since);
    }
  }

  private async reclaim(connection: LiveConnection): Promise<void> {
    const { affinity, edge, lease, live, onReclaimed } = this.options;
    const { admission } = connection;
    if (admission === undefined || live.get(admission.identity.name) !== connection) {
      return;
    }
    const { identity, epoch } = admission;
    const held: Held = { edge, incarnation: lease.incarnation, connection: connection.id, epoch };
    if (!(await affinity.reclaim(identity.name, held))) {
      connection.close('taken-over');
    } else if (live.get(identity.name) !== connection) {
      this.release(identity, epoch);
    } else {
      onReclaimed(admission);
      if (this.fencedAt === undefined) {
        connection.release();
      }
    }
  }

  private async verifyAll(): Promise<void> {
    const connections = [...this.options.live.all()];
    while (connections.length > 0) {
      const batch = connections.splice(-VERIFY_BATCH);
      const names = batch.map(({ admission }) => admission?.identity.name ?? '');
      const holders = await this.options.affinity.holders(names);
      batch.forEach((connection, index) => {
        if ((holders[index]?.epoch ?? 0) > (connection.admission?.epoch ?? 0)) {
          connection.close('taken-over');
        }
      });
    }
  }

  private closeAll(): void {
    for (const connection of [...this.options.live.all()]) {
      connection.close('isolated');
    }
  }
}
