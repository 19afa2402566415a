import { Batcher } from '@mooring/batching';
import type { Clock } from '@mooring/clock';
import { HubError, isHubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import type { twin as contract } from '@mooring/proto';
import { errorOfFailure } from '@mooring/rpc';
import type { Admission } from '../device-session/live/live-connection.js';
import type { LiveConnections } from '../device-session/live/live-connections.js';
import { splitWhenTooLarge } from '../device-session/split-when-too-large.js';
import type { DeviceThrottles } from '../throttling/device-throttles.js';
import { Models } from './models.js';

export interface TwinsOptions {
  readonly twinService: Pick<contract.TwinService, 'getProperties' | 'patchReported' | 'setModels'>;
  readonly live: Pick<LiveConnections, 'get'>;
  /** An operation was refused because too many wait. */
  readonly onThrottled: (admission: Admission, operation: TwinOperation) => void;
  /** @param status as HTTP has it */
  readonly onEnded: (operation: TwinOperation, status: number) => void;
  /** Undefined unless the hub throttles. */
  readonly throttles?: Pick<DeviceThrottles, 'twin'> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

export type TwinOperation = 'get' | 'patch';

interface Job {
  readonly twin: contract.DeviceTwinKey;
  /** Absent: the properties are asked for. */
  readonly patch?: { readonly json: Buffer; readonly ifVersion: number };
}

type Success = contract.Properties | contract.ReportedOutcome;
type Outcome = Success | HubError;

/** Calls at a time. An identity has its operations in one lane, so that they are carried out in order. */
const LANES = 8;
const MAX_BATCH = 200;
const MAX_BATCH_BYTES = 2 * 1024 * 1024;
const MAX_WAITING = 20_000;
/** Patches that wait or are on their way, of the whole process. */
const MAX_PATCH_BYTES = 64 * 1024 * 1024;

/**
 * What devices ask of their twins, those of many connections in one call. Operations of an identity take effect in the order
 * in which they were asked for.
 */
export class Twins {
  private readonly lanes: readonly Batcher<Job, Outcome>[];
  private readonly models: Models;
  private patchBytes = 0;

  constructor(private readonly options: TwinsOptions) {
    this.models = new Models(options);
    const batching = {
      call: (jobs: readonly Job[]) => this.carryOut(jobs),
      maxBatch: MAX_BATCH,
      weigh: ({ patch }: Job) => patch?.json.length ?? 0,
      maxWeight: MAX_BATCH_BYTES,
      concurrency: 1,
      maxWaiting: MAX_WAITING / LANES,
    };
    this.lanes = Array.from({ length: LANES }, () => new Batcher<Job, Outcome>(batching));
  }

  /**
   * @returns JSON with `desired` and `reported`, each with its `$version`
   * @throws HubError
   */
  async getProperties(admission: Admission): Promise<Buffer> {
    const outcome = await this.carriedOut(admission, 'get', { twin: keyOf(admission) });
    const { json, desiredVersion } = outcome as contract.Properties;
    const connection = this.options.live.get(admission.identity.name);
    if (connection?.admission?.epoch === admission.epoch) {
      connection.desiredRead = desiredVersion;
    }
    return json;
  }

  /**
   * @param json merge patch, as the device sent it
   * @param ifVersion what the reported properties must be at; 0: anything
   * @returns version of the reported properties after it
   * @throws HubError
   */
  async patchReported(admission: Admission, json: Buffer, ifVersion: number): Promise<number> {
    if (this.patchBytes + json.length > MAX_PATCH_BYTES) {
      this.options.onEnded('patch', 429);
      throw this.refuse(admission, 'patch');
    }
    this.patchBytes += json.length;
    try {
      const job = { twin: keyOf(admission), patch: { json, ifVersion } };
      const outcome = await this.carriedOut(admission, 'patch', job);
      return (outcome as contract.ReportedOutcome).version;
    } finally {
      this.patchBytes -= json.length;
    }
  }

  /** Keeps what a device says of its model when it connects; returns at once. */
  tellModel(admission: Admission, modelId: string): void {
    void this.models.tell(admission, modelId);
  }

  private async carriedOut(admission: Admission, operation: TwinOperation, job: Job): Promise<Success> {
    const { throttles } = this.options;
    const lane = this.lane(admission);
    const carried =
      throttles === undefined
        ? lane.add(job)
        : this.whenWithinLimit(throttles, admission, operation).then(() => lane.add(job));
    const outcome = await carried.catch(() => this.refuse(admission, operation));
    const error = errorOf(outcome);
    this.options.onEnded(operation, error?.status ?? (operation === 'get' ? 200 : 204));
    if (error !== undefined) {
      throw error;
    }
    return outcome as Success;
  }

  /** Rejects where the connection ends meanwhile: a newer one, elsewhere, may have written what an older patch must not undo. */
  private async whenWithinLimit(
    throttles: Pick<DeviceThrottles, 'twin'>,
    admission: Admission,
    operation: TwinOperation,
  ): Promise<void> {
    await throttles.twin(admission.identity, operation);
    if (this.options.live.get(admission.identity.name)?.admission?.epoch !== admission.epoch) {
      throw new HubError('ThrottlingException', 'The connection ended while the operation waited.');
    }
  }

  private refuse(admission: Admission, operation: TwinOperation): HubError {
    this.options.onThrottled(admission, operation);
    return new HubError('ThrottlingException', 'Too many twin operations wait: try again later.');
  }

  private lane({ identity: { name } }: Admission): Batcher<Job, Outcome> {
    let hash = 0;
    for (let i = 0; i < name.length; i++) {
      hash = (hash * 31 + name.charCodeAt(i)) | 0;
    }
    const lane = this.lanes[(hash >>> 0) % LANES];
    if (lane === undefined) {
      throw new TypeError('there is a lane for each identity');
    }
    return lane;
  }

  /** Patches first: whoever asks for properties behind a patch of its own sees it. Never rejects. */
  private async carryOut(jobs: readonly Job[]): Promise<readonly Outcome[]> {
    const patches = jobs.flatMap(({ twin, patch }) => (patch === undefined ? [] : [{ twin, ...patch }]));
    const twins = jobs.flatMap(({ twin, patch }) => (patch === undefined ? [twin] : []));
    const { twinService } = this.options;
    const patched = await this.each(patches, async (some) => {
      return (await twinService.patchReported({ patches: [...some] })).outcomes;
    });
    const found = await this.each(twins, (all) =>
      splitWhenTooLarge(all, async (some) => (await twinService.getProperties({ twins: [...some] })).properties),
    );
    return jobs.map(({ patch }) => (patch === undefined ? found : patched).shift() ?? new HubError('ServerError', ''));
  }

  /** A call that fails is the failure of each of its items. */
  private async each<Item, Result extends Outcome>(
    items: readonly Item[],
    call: (items: readonly Item[]) => Promise<readonly Result[]>,
  ): Promise<Outcome[]> {
    if (items.length === 0) {
      return [];
    }
    try {
      const results = await call(items);
      if (results.length !== items.length) {
        throw new Error(`asked for ${items.length}, answered ${results.length}`);
      }
      return [...results];
    } catch (thrown) {
      const error = isHubError(thrown)
        ? thrown
        : new HubError('ServerError', 'An internal error occurred; the tracking id finds it in the log.');
      this.options.log.warn({ err: thrown, trackingId: error.trackingId }, 'the twin service could not be asked');
      return items.map(() => error);
    }
  }
}

function errorOf(outcome: Outcome): HubError | undefined {
  if (isHubError(outcome)) {
    return outcome;
  }
  return outcome.failure === undefined ? undefined : errorOfFailure(outcome.failure);
}

function keyOf({ identity: { deviceId, moduleId }, generationId }: Admission): contract.DeviceTwinKey {
  return { key: { deviceId, moduleId }, generationId };
}
