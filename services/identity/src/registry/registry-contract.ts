import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import { checkBulkSize } from '../domain/changes.js';
import { checkDeviceId } from '../domain/existing-device.js';
import { type Device, isLive, type KeyVault } from '../domain/model.js';
import { existingModule } from '../domain/modules.js';
import { toDeviceIdentity, toModuleIdentity } from '../mapping/answers.js';
import { fromBulkOperations, toBulkError } from '../mapping/bulk.js';
import { fromDeletion, fromIdentity, fromKey } from '../mapping/requests.js';
import type { DeviceRepository } from '../store/device-repository.js';
import { pageSize, pageToken, readPageToken } from './page-token.js';
import type { Registry } from './registry.js';
import type { RegistryOperations } from './registry-operations.js';
import type { StatisticsCounter } from './statistics.js';

export interface RegistryContractOptions {
  readonly registry: Registry;
  readonly devices: DeviceRepository;
  readonly statistics: StatisticsCounter;
  readonly operations: RegistryOperations;
  readonly vault: KeyVault;
}

/** The part of the contract that is for back ends. */
export class RegistryContract {
  constructor(private readonly options: RegistryContractOptions) {}

  async getIdentity({ key }: identity.GetIdentityRequest): Promise<identity.GetIdentityResponse> {
    const { deviceId, moduleId } = fromKey(key);
    return { identity: this.answer(await this.options.registry.device(deviceId), moduleId) };
  }

  async putIdentity({ identity: wanted, ifMatch }: identity.PutIdentityRequest): Promise<identity.PutIdentityResponse> {
    const mode = ifMatch === '' ? 'create' : 'update';
    const device = await this.options.operations.change(mode, wanted?.key, async () =>
      this.options.registry.apply(fromIdentity(wanted, { mode, ifMatch })),
    );
    return { identity: this.answer(device, wanted?.key?.moduleId ?? '') };
  }

  async deleteIdentity({ key, ifMatch }: identity.DeleteIdentityRequest): Promise<identity.DeleteIdentityResponse> {
    await this.options.operations.change('delete', key, async () => {
      if (ifMatch === '') {
        throw new HubError('PreconditionFailed', 'A deletion needs an entity tag in If-Match, or * for any.');
      }
      return this.options.registry.apply(fromDeletion(key, ifMatch));
    });
    return {};
  }

  async listDevices(request: identity.ListDevicesRequest): Promise<identity.ListDevicesResponse> {
    const after = readPageToken(request.pageToken);
    const { devices, next } = await this.options.devices.page(after, pageSize(request.pageSize));
    return {
      devices: devices.map((device) => toDeviceIdentity(device, this.options.vault)),
      nextPageToken: next === undefined ? '' : pageToken(next),
    };
  }

  async listModules({ deviceId }: identity.ListModulesRequest): Promise<identity.ListModulesResponse> {
    checkDeviceId(deviceId);
    const device = await this.options.registry.device(deviceId);
    return { modules: device.modules.map((module) => toModuleIdentity(device, module, this.options.vault)) };
  }

  async bulkUpdate({ operations }: identity.BulkUpdateRequest): Promise<identity.BulkUpdateResponse> {
    checkBulkSize(operations.length);
    const failed = await this.options.operations.changeMany(operations, async () => {
      const { changes, errors } = fromBulkOperations(operations);
      return new Map([...(await this.options.registry.applyAll(changes)), ...errors]);
    });
    return {
      errors: operations.flatMap((operation, place) => {
        const error = failed.get(place);
        return error === undefined ? [] : [toBulkError(operation, error)];
      }),
    };
  }

  async getStatistics(): Promise<identity.GetStatisticsResponse> {
    const { enabled, disabled } = await this.options.statistics.get();
    return {
      totalDeviceCount: enabled + disabled,
      enabledDeviceCount: enabled,
      disabledDeviceCount: disabled,
    };
  }

  private answer(device: Device, moduleId: string): identity.Identity | undefined {
    if (!isLive(device)) {
      return undefined;
    }
    const { vault } = this.options;
    return moduleId === ''
      ? toDeviceIdentity(device, vault)
      : toModuleIdentity(device, existingModule(device, moduleId), vault);
  }
}
