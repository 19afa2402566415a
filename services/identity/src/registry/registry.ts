import type { Clock } from '@mooring/clock';
import type { HubError } from '@mooring/errors';
import type { ChangeContext } from '../domain/change-context.js';
import { applyChange, applyChanges, type Change, deviceIdOf } from '../domain/changes.js';
import { deviceOfScope } from '../domain/edge-scope.js';
import { existingDevice } from '../domain/existing-device.js';
import type { Device, KeyVault, LiveDevice, ModuleState } from '../domain/model.js';
import { existingModule } from '../domain/modules.js';
import type { DeviceChange, DeviceRepository } from '../store/device-repository.js';

export interface RegistryOptions {
  readonly devices: DeviceRepository;
  readonly vault: KeyVault;
  readonly clock: Clock;
}

/** A change and its place among those of one request. */
interface Placed {
  readonly place: number;
  readonly change: Change;
}

/** The identity registry: devices and modules, for back ends. */
export class Registry {
  constructor(private readonly options: RegistryOptions) {}

  /** @throws HubError `DeviceNotFound` */
  async device(id: string): Promise<LiveDevice> {
    return existingDevice(await this.options.devices.find(id), id);
  }

  /** @throws HubError `DeviceNotFound`, `ModuleNotFound` */
  async module(deviceId: string, id: string): Promise<{ device: LiveDevice; module: ModuleState }> {
    const device = await this.device(deviceId);
    return { device, module: existingModule(device, id) };
  }

  /**
   * Makes one change.
   *
   * @returns the device afterwards
   * @throws HubError as the change does
   */
  async apply(change: Change): Promise<Device> {
    const edgeScopes = await this.edgeScopes([change]);
    return this.options.devices.change(deviceIdOf(change), (current) =>
      applyChange(current, change, this.context(edgeScopes)),
    );
  }

  /**
   * Makes many changes, each by itself.
   *
   * @param changes by their places in the request
   * @returns the error of each that failed, by its place
   */
  async applyAll(changes: ReadonlyMap<number, Change>): Promise<ReadonlyMap<number, HubError>> {
    const edgeScopes = await this.edgeScopes(changes.values());
    const errors = new Map<number, HubError>();
    const placed = [...changes].map(([place, change]): Placed => ({ place, change }));
    const byDevice = Map.groupBy(placed, ({ change }) => deviceIdOf(change));
    const deviceChanges = new Map<string, DeviceChange>();
    for (const [id, own] of byDevice) {
      deviceChanges.set(id, (current) => this.changeOne(current, own, { edgeScopes, errors }));
    }
    await this.options.devices.changeMany(deviceChanges);
    return errors;
  }

  private changeOne(
    current: Device | undefined,
    own: readonly Placed[],
    { edgeScopes, errors }: { edgeScopes: ReadonlySet<string>; errors: Map<number, HubError> },
  ): Device | undefined {
    const changes = own.map(({ change }) => change);
    const result = applyChanges(current, changes, this.context(edgeScopes));
    own.forEach(({ place }, index) => {
      const error = result.errors.get(index);
      // Over a record that changed meanwhile, another attempt may end otherwise than the first.
      errors.delete(place);
      if (error !== undefined) {
        errors.set(place, error);
      }
    });
    return result.device;
  }

  private context(edgeScopes: ReadonlySet<string>): ChangeContext {
    return { vault: this.options.vault, now: this.options.clock.now(), edgeScopes };
  }

  /** Of the scopes that are named as parents, those of edge devices that exist. */
  private async edgeScopes(changes: Iterable<Change>): Promise<ReadonlySet<string>> {
    const ids = new Set([...changes].flatMap(namedScopes).flatMap((scope) => deviceOfScope(scope) ?? []));
    const parents = ids.size === 0 ? [] : (await this.options.devices.findMany(ids)).values();
    return new Set([...parents].filter(({ iotEdge }) => iotEdge).map(({ deviceScope }) => deviceScope));
  }
}

function namedScopes(change: Change): readonly string[] {
  return change.kind === 'device' ? [change.requested.deviceScope ?? '', ...change.requested.parentScopes] : [];
}
