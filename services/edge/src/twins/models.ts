import { Batcher } from '@mooring/batching';
import type { Clock } from '@mooring/clock';
import { type HubError, isHubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import type { twin as contract } from '@mooring/proto';
import { errorOfFailure } from '@mooring/rpc';
import type { Admission } from '../device-session/live/live-connection.js';
import type { LiveConnections } from '../device-session/live/live-connections.js';

export interface ModelsOptions {
  readonly twinService: Pick<contract.TwinService, 'setModels'>;
  readonly live: Pick<LiveConnections, 'get'>;
  readonly clock: Clock;
  readonly log: Logger;
}

const MAX_BATCH = 200;
const MAX_WAITING = 100_000;
/** Devices that connect at the same time share a call: nobody waits for it. */
const INTERVAL_MS = 200;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** Has what devices say of their models stored in their twins, beside the path of connections. */
export class Models {
  private readonly batcher: Batcher<contract.DeviceModel, HubError | undefined>;

  constructor(private readonly options: ModelsOptions) {
    const { twinService, clock } = options;
    this.batcher = new Batcher({
      call: async (models) => {
        const { outcomes } = await twinService.setModels({ models: [...models] });
        return outcomes.map(({ failure }) => failure && errorOfFailure(failure));
      },
      maxBatch: MAX_BATCH,
      concurrency: 1,
      maxWaiting: MAX_WAITING,
      pace: { intervalMs: INTERVAL_MS, clock },
    });
  }

  /** Tried again while it cannot be stored and the connection lives. */
  async tell(admission: Admission, modelId: string): Promise<void> {
    const { live, clock, log } = this.options;
    const { identity, generationId } = admission;
    const model = {
      twin: { key: { deviceId: identity.deviceId, moduleId: identity.moduleId }, generationId },
      modelId,
    };
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      const error = await this.batcher.add(model).catch((thrown: unknown) => thrown);
      if (error === undefined) {
        return;
      }
      log.debug({ err: error, deviceId: identity.deviceId }, 'the model of a device could not be stored');
      if (isHubError(error) && error.status < 500 && error.status !== 429) {
        return;
      }
      await new Promise<void>((resolve) => void clock.after(retryMs, resolve));
      if (live.get(identity.name)?.admission?.epoch !== admission.epoch) {
        return;
      }
    }
  }
}
