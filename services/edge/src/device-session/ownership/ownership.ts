import { randomUUID } from 'node:crypto';
import type { Affinity, Held } from '@mooring/affinity';
import type { Clock, Timer } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { DeviceIdentity } from '../device-identity.js';
import type { LiveConnection } from '../live/live-connection.js';
import type { LiveConnections } from '../live/live-connections.js';

export interface OwnershipOptions {
  readonly affinity: Affinity;
  /** Name of this process. */
  readonly edge: string;
  readonly live: LiveConnections;
  /** Tells the other processes that an identity is held here, at this epoch. */
  readonly announce: (identity: DeviceIdentity, epoch: number) => Promise<void>;
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
}

/** What an edge claimed counts for so long after its last renewal. */
export const LEASE_MS = 15_000;
const RENEW_MS = 3_000;
/** Claims on their way at a time when all are claimed again; the adapter pipelines them. */
const RECLAIM_AT_ONCE = 200;

/** Which identities this process holds, for the whole cluster to see. */
export class Ownership {
  private incarnation: string = randomUUID();
  private renewedAt: number;
  private timer: Timer | undefined;
  private renewing: Promise<void> | undefined;

  constructor(private readonly options: OwnershipOptions) {
    this.renewedAt = options.clock.monotonic();
  }

  /** Takes a lease; where that is not possible yet, it is tried again, and claims are refused meanwhile. */
  async start(): Promise<void> {
    await this.renew();
    this.timer = this.options.clock.every(RENEW_MS, () => void this.renew());
  }

  async stop(): Promise<void> {
    this.timer?.cancel();
    await this.renewing;
    const { affinity, edge, log } = this.options;
    await affinity.endLease(edge, this.incarnation).catch((error: unknown) => {
      log.warn({ err: error }, 'the lease could not be ended; it lapses by itself');
    });
  }

  /** Takes an identity over from whoever holds it: the newest connection wins. Rejects if the store cannot be reached. */
  async claim(identity: DeviceIdentity, connection: string): Promise<Claimed> {
    const { affinity, edge, log, announce } = this.options;
    const { incarnation } = this;
    const { epoch, previous } = await affinity.claim(identity.name, { edge, incarnation, connection });
    if (previous !== undefined && previous.edge !== edge) {
      announce(identity, epoch).catch((error: unknown) => {
        log.warn({ err: error, deviceId: identity.deviceId }, 'a take-over could not be broadcast');
      });
    }
    return { epoch, incarnation };
  }

  /** Whether a claim still counts; not if all was claimed again since, for it may have been left out. */
  counts({ incarnation }: Claimed): boolean {
    return incarnation === this.incarnation;
  }

  release(identity: DeviceIdentity, epoch: number): void {
    this.options.affinity.release(identity.name, epoch).catch((error: unknown) => {
      // The entry is taken over by the next connection, or ends with the lease.
      this.options.log.debug({ err: error, deviceId: identity.deviceId }, 'an identity could not be released');
    });
  }

  private renew(): Promise<void> {
    this.renewing ??= this.renewNow().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async renewNow(): Promise<void> {
    const { affinity, edge, log, clock } = this.options;
    try {
      if (!(await affinity.renewLease({ process: edge, incarnation: this.incarnation }, LEASE_MS))) {
        await this.startAnew();
      }
      this.renewedAt = clock.monotonic();
    } catch (error) {
      log.warn({ err: error }, 'the lease could not be renewed; live connections go on, new ones are refused');
      await this.closeIfIsolated();
    }
  }

  /** Without either store nobody could tell this process that a device is elsewhere by now. */
  private async closeIfIsolated(): Promise<void> {
    const { live, clock, logSilenceMs, isLogUnavailable } = this.options;
    const isLapsed = clock.monotonic() - this.renewedAt >= LEASE_MS;
    if (isLapsed && logSilenceMs() >= LEASE_MS && (await isLogUnavailable())) {
      for (const connection of [...live.all()]) {
        connection.close('isolated');
      }
    }
  }

  /**
   * The lease had lapsed, or the store was emptied: under a new incarnation all is claimed again, before anything more is
   * read for it, and what somebody newer has is lost.
   */
  private async startAnew(): Promise<void> {
    const { affinity, edge, live, log } = this.options;
    const connections = [...live.all()];
    for (const connection of connections) {
      connection.hold();
    }
    this.incarnation = randomUUID();
    log.warn({ connections: connections.length }, 'the lease had lapsed; all identities are claimed again');
    await affinity.renewLease({ process: edge, incarnation: this.incarnation }, LEASE_MS);
    while (connections.length > 0) {
      await Promise.all(connections.splice(-RECLAIM_AT_ONCE).map((connection) => this.reclaim(connection)));
    }
  }

  private async reclaim(connection: LiveConnection): Promise<void> {
    const { affinity, edge, log } = this.options;
    const { admission } = connection;
    if (admission === undefined) {
      return;
    }
    const held: Held = { edge, incarnation: this.incarnation, connection: connection.id, epoch: admission.epoch };
    try {
      if (await affinity.reclaim(admission.identity.name, held)) {
        connection.release();
      } else {
        connection.close('taken-over');
      }
    } catch (error) {
      log.warn({ err: error, deviceId: admission.identity.deviceId }, 'an identity could not be claimed again');
      connection.close('isolated');
    }
  }
}
