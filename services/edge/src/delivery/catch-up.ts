import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { twin as contract } from '@mooring/proto';
import type { LiveConnection } from '../device-session/live/live-connection.js';
import type { LiveConnections } from '../device-session/live/live-connections.js';

export interface CatchUpOptions {
  readonly twinService: Pick<contract.TwinService, 'getDesiredVersions'>;
  readonly live: Pick<LiveConnections, 'all'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const MAX_BATCH = 500;
const RETRY_MS = 1_000;
/** Longer than a push is tried: what is on its way when the versions are read has come by then. */
export const PUSH_MS = 5_000;
/** A push may be of a change so long before, and clocks of processes may differ. */
const MARGIN_MS = 30_000;

interface Behind {
  readonly connection: LiveConnection;
  readonly version: number;
}

/**
 * For a while services may not have found the connections of this process, and what they had for them may be lost. Queues are
 * durable, so each is looked into again. A desired change is not kept, and what has been removed since cannot be told from the
 * state that is there: so who missed one is closed, and reads its twin when it comes back, as after any lost connection.
 */
export class CatchUp {
  /** Since when; undefined: nothing is to be made up for. */
  private since: number | undefined;
  private running = false;

  constructor(private readonly options: CatchUpOptions) {}

  /** @param since by the wall clock, in milliseconds: until then services found this process for certain */
  begin(since: number): void {
    this.since = Math.min(since, this.since ?? since);
    for (const connection of this.options.live.all()) {
      connection.hintMessages();
    }
    if (!this.running) {
      this.running = true;
      void this.run();
    }
  }

  private async run(): Promise<void> {
    while (this.since !== undefined) {
      const { since } = this;
      this.since = undefined;
      try {
        const behind = await this.findBehind(since);
        if (behind.length > 0) {
          await this.pause(PUSH_MS);
          this.closeThoseOf(behind);
        }
      } catch (error) {
        this.options.log.warn({ err: error }, 'versions of desired properties could not be read; this is tried again');
        await this.pause(RETRY_MS);
        this.since = Math.min(since, this.since ?? since);
      }
    }
    this.running = false;
  }

  private async findBehind(since: number): Promise<readonly Behind[]> {
    const subscribed = [...this.options.live.all()].filter(({ wantsDesired }) => wantsDesired);
    const behind: Behind[] = [];
    for (let start = 0; start < subscribed.length; start += MAX_BATCH) {
      const batch = subscribed.slice(start, start + MAX_BATCH);
      const { versions } = await this.options.twinService.getDesiredVersions({ twins: batch.map(keyOf) });
      batch.forEach((connection, index) => {
        const { version = 0, updatedTimeMs = 0 } = versions[index] ?? {};
        // Of one that was told nothing yet it is not known what it knows.
        const mayHaveMissed = known(connection) > 0 || (version > 1 && updatedTimeMs >= since - MARGIN_MS);
        if (mayHaveMissed && version > known(connection)) {
          behind.push({ connection, version });
        }
      });
    }
    return behind;
  }

  private closeThoseOf(behind: readonly Behind[]): void {
    const late = behind.filter(({ connection, version }) => connection.wantsDesired && known(connection) < version);
    this.options.log.info({ connections: late.length }, 'connections that missed desired changes are closed');
    for (const { connection } of late) {
      connection.close('isolated');
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.options.clock.after(ms, resolve));
  }
}

/** Version of the desired properties that a connection has got; 0: none. */
function known({ desiredVersion, desiredRead = 0 }: LiveConnection): number {
  return Math.max(desiredVersion, desiredRead);
}

function keyOf({ admission }: LiveConnection): contract.DeviceTwinKey {
  const { deviceId = '', moduleId = '' } = admission?.identity ?? {};
  return { key: { deviceId, moduleId }, generationId: admission?.generationId ?? '' };
}
