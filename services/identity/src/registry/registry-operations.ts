import type { Clock } from '@mooring/clock';
import { ERROR_CATALOGUE, type HubError, isHubError } from '@mooring/errors';
import type { OperationRecorder } from '@mooring/operations';
import { identity } from '@mooring/proto';
import { toldError } from '../told-error.js';

const CATEGORY = 'DeviceIdentityOperations';
/** As long as a record may hold; a request may ask for anything. */
const MAX_ID_LENGTH = 128;
const MAX_DESCRIPTION_LENGTH = 1_024;

const { ImportMode } = identity;
const BULK_NAMES: Readonly<Partial<Record<identity.ImportMode, string>>> = {
  [ImportMode.UNSPECIFIED]: 'createOrUpdate',
  [ImportMode.CREATE]: 'create',
  [ImportMode.UPDATE]: 'update',
  [ImportMode.UPDATE_IF_MATCH_ETAG]: 'update',
  [ImportMode.DELETE]: 'delete',
  [ImportMode.DELETE_IF_MATCH_ETAG]: 'delete',
};

interface Ended {
  readonly operationName: string;
  readonly key: identity.IdentityKey | undefined;
  readonly error: unknown;
  readonly startedAt: number;
  readonly bulk: boolean;
}

/** Records what back ends did to the registry, or tried to. */
export class RegistryOperations {
  /** @param recorder where records go, if anywhere */
  constructor(
    private readonly recorder: Pick<OperationRecorder, 'record'> | undefined,
    private readonly clock: Clock,
  ) {}

  /** Makes a change of one identity, and records how it ended. */
  async change<T>(
    operationName: 'create' | 'update' | 'delete',
    key: identity.IdentityKey | undefined,
    make: () => Promise<T>,
  ): Promise<T> {
    const startedAt = this.clock.monotonic();
    let failure: unknown;
    try {
      return await make();
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.ended({ operationName, key, error: failure, startedAt, bulk: false });
    }
  }

  /**
   * Makes many changes, and records how each ended.
   *
   * @param make returns the error of each that failed, by its place
   */
  async changeMany(
    operations: readonly identity.BulkOperation[],
    make: () => Promise<ReadonlyMap<number, HubError>>,
  ): Promise<ReadonlyMap<number, HubError>> {
    const startedAt = this.clock.monotonic();
    const endAll = (errorOf: (place: number) => unknown): void => {
      operations.forEach(({ mode, identity: wanted }, place) => {
        const operationName = BULK_NAMES[mode] ?? 'unknown';
        this.ended({ operationName, key: wanted?.key, error: errorOf(place), startedAt, bulk: true });
      });
    };
    try {
      const errors = await make();
      endAll((place) => errors.get(place));
      return errors;
    } catch (error) {
      endAll(() => error);
      throw error;
    }
  }

  private ended({ operationName, key, error, startedAt, bulk }: Ended): void {
    const { deviceId = '', moduleId = '' } = key ?? {};
    this.recorder?.record({
      category: CATEGORY,
      operationName,
      level: error === undefined ? 'Information' : 'Error',
      deviceId: deviceId.slice(0, MAX_ID_LENGTH),
      ...(moduleId !== '' && { moduleId: moduleId.slice(0, MAX_ID_LENGTH) }),
      ...(error !== undefined && failureOf(error)),
      durationMs: this.clock.monotonic() - startedAt,
      ...(bulk && { properties: { bulk: 'true' } }),
    });
  }
}

/** Azure's number, and words; those of a fault of the hub's own stay in the log. */
function failureOf(error: unknown): { resultType: string; resultDescription: string } {
  const told = toldError(error);
  if (isHubError(told)) {
    return { resultType: String(told.code), resultDescription: told.message.slice(0, MAX_DESCRIPTION_LENGTH) };
  }
  return { resultType: String(ERROR_CATALOGUE.ServerError.code), resultDescription: 'The hub failed.' };
}
