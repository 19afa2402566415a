import { HubError } from '@mooring/errors';
import type { twin as contract } from '@mooring/proto';
import { failureOf } from '@mooring/rpc';
import type { EdgeOptions } from './edge-options.js';

interface Twin {
  readonly generationId: string;
  desired: Record<string, unknown>;
  desiredVersion: number;
  reported: Record<string, unknown>;
  reportedVersion: number;
  modelId: string;
  desiredUpdatedMs: number;
}

type Service = EdgeOptions['twinService'];

/** A twin service in memory, which knows flat properties alone. */
export class FakeTwins implements Service {
  readonly twins = new Map<string, Twin>();
  /** Items of each call. */
  readonly gets: number[] = [];
  readonly patches: number[] = [];
  readonly modelCalls: number[] = [];
  /** Thrown by all calls while it is set. */
  failure: Error | undefined;
  /** Awaited by each call before it answers. */
  gate: Promise<void> = Promise.resolve();
  /** Twins that fit into an answer. */
  maxAnswer = 1_000;

  put(name: string, generationId = '638000000000000000'): Twin {
    const twin = {
      generationId,
      desired: {},
      desiredVersion: 1,
      reported: {},
      reportedVersion: 1,
      modelId: '',
      desiredUpdatedMs: 0,
    };
    this.twins.set(name, twin);
    return twin;
  }

  async getProperties({ twins }: contract.GetPropertiesRequest): Promise<contract.GetPropertiesResponse> {
    this.gets.push(twins.length);
    await this.arrive();
    if (twins.length > this.maxAnswer) {
      throw new HubError('MessageTooLarge', 'The answer is too large.');
    }
    return {
      properties: twins.map((key) => {
        const twin = this.find(key);
        if (twin instanceof HubError) {
          return { failure: failureOf(twin), json: Buffer.alloc(0), desiredVersion: 0 };
        }
        const desired = { ...twin.desired, $version: twin.desiredVersion };
        const reported = { ...twin.reported, $version: twin.reportedVersion };
        const json = Buffer.from(JSON.stringify({ desired, reported }));
        return { failure: undefined, json, desiredVersion: twin.desiredVersion };
      }),
    };
  }

  async patchReported({ patches }: contract.PatchReportedRequest): Promise<contract.PatchReportedResponse> {
    this.patches.push(patches.length);
    await this.arrive();
    return {
      outcomes: patches.map((patch) => {
        try {
          return { failure: undefined, version: this.patch(patch) };
        } catch (error) {
          return { failure: failureOf(error), version: 0 };
        }
      }),
    };
  }

  async setModels({ models }: contract.SetModelsRequest): Promise<contract.SetModelsResponse> {
    this.modelCalls.push(models.length);
    await this.arrive();
    return {
      outcomes: models.map(({ twin: key, modelId }) => {
        const twin = this.find(key);
        if (twin instanceof HubError) {
          return { failure: failureOf(twin) };
        }
        twin.modelId = modelId;
        return { failure: undefined };
      }),
    };
  }

  async getDesiredVersions({
    twins,
  }: contract.GetDesiredVersionsRequest): Promise<contract.GetDesiredVersionsResponse> {
    await this.arrive();
    return {
      versions: twins.map((key) => {
        const twin = this.find(key);
        return twin instanceof HubError
          ? { version: 0, updatedTimeMs: 0 }
          : { version: twin.desiredVersion, updatedTimeMs: twin.desiredUpdatedMs };
      }),
    };
  }

  private patch({ twin: key, json, ifVersion }: contract.ReportedPatch): number {
    const twin = this.find(key);
    if (twin instanceof HubError) {
      throw twin;
    }
    if (ifVersion !== 0 && ifVersion !== twin.reportedVersion) {
      throw new HubError('PreconditionFailed', 'Another version is there.');
    }
    const patch = parse(json);
    twin.reported = { ...twin.reported, ...patch };
    return ++twin.reportedVersion;
  }

  private find(key: contract.DeviceTwinKey | undefined): Twin | HubError {
    const { deviceId = '', moduleId = '' } = key?.key ?? {};
    const twin = this.twins.get(moduleId === '' ? deviceId : `${deviceId}/${moduleId}`);
    return twin?.generationId === key?.generationId && twin !== undefined
      ? twin
      : new HubError('DeviceNotFound', 'There is no such twin.');
  }

  private async arrive(): Promise<void> {
    await this.gate;
    if (this.failure !== undefined) {
      throw this.failure;
    }
  }
}

function parse(json: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(json.toString());
  } catch {
    throw new HubError('ArgumentInvalid', 'The patch is not JSON.');
  }
}
