import { Batcher } from '@mooring/batching';
import type { Clock } from '@mooring/clock';
import type { identity as contract } from '@mooring/proto';
import type { Admission } from './live/live-connection.js';

const MAX_BATCH = 500;
const CONCURRENCY = 4;
const MAX_WAITING = 100_000;

export interface SessionWriterOptions {
  readonly identityService: Pick<contract.IdentityService, 'putSessions'>;
  readonly clock: Clock;
  readonly batchIntervalMs: number;
}

/** Stores what persistent sessions keep, those of many connections in one call. */
export class SessionWriter {
  private readonly batcher: Batcher<contract.SessionWrite, boolean>;

  constructor({ identityService, clock, batchIntervalMs }: SessionWriterOptions) {
    this.batcher = new Batcher({
      call: async (writes) => (await identityService.putSessions({ writes: [...writes] })).written,
      maxBatch: MAX_BATCH,
      concurrency: CONCURRENCY,
      maxWaiting: MAX_WAITING,
      pace: { intervalMs: batchIntervalMs, clock },
    });
  }

  /** @returns false if a newer connection has written before, or the identity is no more */
  save(admission: Admission, subscriptions: ReadonlyMap<string, number>): Promise<boolean> {
    return this.write(admission, { epoch: admission.epoch, subscriptions: Object.fromEntries(subscriptions) }, false);
  }

  /** The session ends. */
  discard(admission: Admission): Promise<boolean> {
    return this.write(admission, { epoch: admission.epoch, subscriptions: {} }, true);
  }

  private write(
    { identity: { deviceId, moduleId }, generationId }: Admission,
    session: contract.Session,
    discard: boolean,
  ): Promise<boolean> {
    return this.batcher.add({ key: { deviceId, moduleId }, generationId, session, discard });
  }
}
