import { Batcher } from '@mooring/batching';
import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

/** As many as the directory describes in one call. */
const MAX_DESCRIPTIONS = 1_000;
const MAX_RUNNING = 4;
const MAX_WAITING = 5_000;

/** Asks the directory, many in one call. */
export class CurrentIdentities {
  private readonly descriptions: Batcher<identity.IdentityKey, identity.Description | undefined>;

  constructor(directory: identity.DirectoryService) {
    this.descriptions = new Batcher<identity.IdentityKey, identity.Description | undefined>({
      call: async (keys) => (await directory.describeIdentities({ keys: [...keys] })).descriptions,
      maxBatch: MAX_DESCRIPTIONS,
      concurrency: MAX_RUNNING,
      maxWaiting: MAX_WAITING,
    });
  }

  /** Undefined: there is no such identity. */
  async findGeneration(key: identity.IdentityKey): Promise<string | undefined> {
    return generationOf(await this.descriptions.add(key));
  }

  /** @throws HubError `DeviceNotFound`, `ModuleNotFound` */
  async generation(key: identity.IdentityKey): Promise<string> {
    const { deviceId, moduleId } = key;
    const description = await this.descriptions.add(key);
    const generation = generationOf(description);
    if (generation === undefined) {
      throw moduleId !== '' && description?.deviceFound === true
        ? new HubError('ModuleNotFound', `The device ${deviceId} has no module ${moduleId}.`)
        : new HubError('DeviceNotFound', `There is no device ${deviceId}.`);
    }
    return generation;
  }
}

function generationOf(description: identity.Description | undefined): string | undefined {
  return description?.found === true ? description.identity?.generationId : undefined;
}
