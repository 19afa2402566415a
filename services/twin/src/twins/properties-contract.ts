import type { Clock } from '@mooring/clock';
import { nameOfKey } from '@mooring/credentials';
import type { Collection } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { twin as contract } from '@mooring/proto';
import { failureOf } from '@mooring/rpc';
import { isTwinOf } from '../domain/new-twin.js';
import type { Twin } from '../domain/twin.js';
import { propertiesJson } from '../domain/twin-json.js';
import { MAX_ANSWER_BYTES } from '../limits.js';
import type { TwinMetrics } from '../metrics.js';
import type { OwnedTwins } from '../store/owned-twins.js';
import { fromTwinRecord, type TwinRecord } from '../store/twin-record.js';
import { deviceFailure } from './device-failures.js';
import { checkCount, type DeviceTwin, deviceTwin, required } from './device-twin.js';
import { operationFailure } from './operation-failure.js';
import { applyPatches, type PatchOutcome } from './reported-patches.js';

export interface PropertiesContractOptions {
  readonly collection: Collection<TwinRecord>;
  readonly owned: OwnedTwins;
  readonly operations: Pick<OperationRecorder, 'record'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<TwinMetrics, 'patched'>;
}

/** The part of the contract that is for devices: properties of many, each by itself. */
export class PropertiesContract {
  constructor(private readonly options: PropertiesContractOptions) {}

  /** @throws HubError `ArgumentInvalid` if too many are asked for */
  async getProperties({ twins }: contract.GetPropertiesRequest): Promise<contract.GetPropertiesResponse> {
    checkCount(twins.length);
    const wanted = twins.map(deviceTwin);
    const names = new Set(wanted.flatMap((each) => (each === undefined ? [] : [each.name])));
    const stored = await this.options.collection.getMany([...names]);
    const kept = new Map(stored.map((record) => [record._id, fromTwinRecord(record)]));
    let left = MAX_ANSWER_BYTES;
    const answers = wanted.map(async (each): Promise<contract.Properties> => {
      try {
        const twin = await this.present(each, kept);
        const json = Buffer.from(propertiesJson(twin));
        left -= json.length;
        if (left < 0 && json.length + left < MAX_ANSWER_BYTES) {
          throw new HubError('ServiceUnavailable', 'The twins are too large for one answer; ask for fewer at a time.');
        }
        return { json, failure: undefined, desiredVersion: twin.desiredVersion };
      } catch (error) {
        return {
          json: Buffer.alloc(0),
          desiredVersion: 0,
          failure: failureOf(deviceFailure(error, this.options.logger)),
        };
      }
    });
    return { properties: await Promise.all(answers) };
  }

  /** @throws HubError `ArgumentInvalid` if there are too many */
  async patchReported({ patches }: contract.PatchReportedRequest): Promise<contract.PatchReportedResponse> {
    checkCount(patches.length);
    const outcomes: PatchOutcome[] = new Array(patches.length);
    await Promise.all(
      [...byTwin(patches)].map(async ([of, indexes]) => {
        const own = indexes.flatMap((index) => patches[index] ?? []);
        const ownOutcomes = await this.patchTwin(deviceTwin(of), own);
        indexes.forEach((index, position) => {
          outcomes[index] = ownOutcomes[position] ?? { error: new HubError('ServerError', 'A patch got lost.') };
        });
      }),
    );
    return { outcomes: outcomes.map((outcome, index) => this.toOutcome(outcome, patches[index]?.twin)) };
  }

  private async present(wanted: DeviceTwin | undefined, kept: ReadonlyMap<string, Twin>): Promise<Twin> {
    const { name, generation } = required(wanted);
    const twin = kept.get(name);
    return twin !== undefined && isTwinOf(twin, generation)
      ? twin
      : this.options.owned.changeOf(name, generation, (made) => ({ twin: made, result: made }));
  }

  private async patchTwin(
    wanted: DeviceTwin | undefined,
    patches: readonly contract.ReportedPatch[],
  ): Promise<readonly PatchOutcome[]> {
    const { owned, clock } = this.options;
    try {
      const { name, generation } = required(wanted);
      const apply = applyPatches(patches, () => clock.now());
      return await owned.changeOf(name, generation, apply);
    } catch (error) {
      const told = deviceFailure(error, this.options.logger);
      return patches.map(() => ({ error: told }));
    }
  }

  private toOutcome(outcome: PatchOutcome, of: contract.DeviceTwinKey | undefined): contract.ReportedOutcome {
    const { operations, metrics } = this.options;
    if (!('error' in outcome)) {
      metrics.patched();
      return { version: outcome.version, failure: undefined };
    }
    metrics.patched(outcome.error);
    operations.record({
      category: 'D2CTwinOperations',
      operationName: 'update',
      deviceId: nameOfKey(of?.key) === undefined ? '' : (of?.key?.deviceId ?? ''),
      ...(of?.key?.moduleId ? { moduleId: of.key.moduleId.slice(0, 128) } : {}),
      ...operationFailure(outcome.error),
    });
    return { version: 0, failure: failureOf(outcome.error) };
  }
}

/** Positions of the patches of each twin, so that these are applied in their order. */
function byTwin(
  patches: readonly contract.ReportedPatch[],
): Map<contract.DeviceTwinKey | undefined, readonly number[]> {
  const byName = new Map<string, { readonly of: contract.DeviceTwinKey | undefined; readonly indexes: number[] }>();
  patches.forEach(({ twin: of }, index) => {
    const name = `${nameOfKey(of?.key) ?? ''} ${of?.generationId ?? ''}`;
    const group = byName.get(name);
    if (group === undefined) {
      byName.set(name, { of, indexes: [index] });
    } else {
      group.indexes.push(index);
    }
  });
  return new Map([...byName.values()].map(({ of, indexes }) => [of, indexes]));
}
