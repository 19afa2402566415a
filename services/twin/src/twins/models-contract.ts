import { HubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import type { twin as contract } from '@mooring/proto';
import { failureOf } from '@mooring/rpc';
import { withModel } from '../domain/copies.js';
import type { OwnedTwins } from '../store/owned-twins.js';
import { deviceFailure } from './device-failures.js';
import { checkCount, deviceTwin, required } from './device-twin.js';

export interface ModelsContractOptions {
  readonly owned: OwnedTwins;
  readonly logger: Logger;
}

const MAX_MODEL_ID_LENGTH = 2_048;

/** The part of the contract that keeps what devices say of their models. */
export class ModelsContract {
  constructor(private readonly options: ModelsContractOptions) {}

  /** @throws HubError `ArgumentInvalid` if there are too many */
  async setModels({ models }: contract.SetModelsRequest): Promise<contract.SetModelsResponse> {
    checkCount(models.length);
    return { outcomes: await Promise.all(models.map((model) => this.setOne(model))) };
  }

  private async setOne({ twin: of, modelId }: contract.DeviceModel): Promise<contract.ModelOutcome> {
    try {
      const { name, generation } = required(deviceTwin(of));
      if (modelId === '' || modelId.length > MAX_MODEL_ID_LENGTH) {
        throw new HubError('ArgumentInvalid', `A model id has 1 to ${MAX_MODEL_ID_LENGTH} characters.`);
      }
      await this.options.owned.changeOf(name, generation, (twin) => ({
        twin: withModel(twin, modelId),
        result: undefined,
      }));
      return { failure: undefined };
    } catch (error) {
      return { failure: failureOf(deviceFailure(error, this.options.logger)) };
    }
  }
}
