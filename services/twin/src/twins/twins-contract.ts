import type { Clock } from '@mooring/clock';
import { nameOfKey } from '@mooring/credentials';
import type { Collection } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { OperationRecorder } from '@mooring/operations';
import type { twin as contract, identity } from '@mooring/proto';
import type { Directory } from '../directory/directory.js';
import { checkMatch } from '../domain/etag.js';
import { isTwinOf, twinOf } from '../domain/new-twin.js';
import type { Twin } from '../domain/twin.js';
import { twinJson } from '../domain/twin-json.js';
import { applyUpdate, readUpdate } from '../domain/update-twin.js';
import { type OwnedTwins, required } from '../store/owned-twins.js';
import { fromTwinRecord, type TwinRecord } from '../store/twin-record.js';
import { operationFailure } from './operation-failure.js';

export interface TwinsContractOptions {
  readonly collection: Collection<TwinRecord>;
  readonly owned: OwnedTwins;
  readonly directory: Directory;
  readonly operations: Pick<OperationRecorder, 'record'>;
  readonly clock: Clock;
}

/** The part of the contract that is for back ends: whole twins, one at a time. */
export class TwinsContract {
  constructor(private readonly options: TwinsContractOptions) {}

  /** @throws HubError `DeviceNotFound`, `ModuleNotFound`, `ArgumentInvalid` */
  getTwin(request: contract.GetTwinRequest): Promise<contract.GetTwinResponse> {
    return this.recorded('read', request.key, async (name) => answer(await this.read(name)));
  }

  /** @throws HubError `DeviceNotFound`, `ModuleNotFound`, `PreconditionFailed`, `ArgumentInvalid`, `MessageTooLarge` */
  updateTwin({ key, json, ifMatch, replace }: contract.UpdateTwinRequest): Promise<contract.UpdateTwinResponse> {
    const { owned, clock } = this.options;
    return this.recorded(replace ? 'replace' : 'update', key, async (name) => {
      const update = readUpdate(json, replace);
      const changed = await owned.changeCurrent(name, (current) => {
        checkMatch(ifMatch, current.etag);
        const next = applyUpdate(current, update, clock.now());
        return { twin: next, result: next };
      });
      return answer(changed);
    });
  }

  private async read(name: string): Promise<Twin> {
    const { collection, owned, directory, clock } = this.options;
    const [entry, stored] = await Promise.all([directory.describe(name), collection.get(name)]);
    const known = required(entry, name);
    const kept = stored && fromTwinRecord(stored);
    return kept !== undefined && isTwinOf(kept, known.owner.generation)
      ? twinOf(kept, known, clock.now())
      : owned.changeCurrent(name, (current) => ({ twin: current, result: current }));
  }

  /** Reads that succeed are too many to be recorded. */
  private async recorded<T>(
    operationName: 'read' | 'update' | 'replace',
    key: identity.IdentityKey | undefined,
    call: (name: string) => Promise<T>,
  ): Promise<T> {
    const { operations, clock } = this.options;
    const name = requiredName(key);
    const startedAt = clock.monotonic();
    const operation = {
      category: 'C2DTwinOperations' as const,
      operationName,
      deviceId: key?.deviceId ?? '',
      ...(key?.moduleId ? { moduleId: key.moduleId } : {}),
    };
    try {
      const result = await call(name);
      if (operationName !== 'read') {
        const durationMs = clock.monotonic() - startedAt;
        operations.record({ ...operation, level: 'Information', durationMs });
      }
      return result;
    } catch (error) {
      operations.record({ ...operation, ...operationFailure(error) });
      throw error;
    }
  }
}

function answer(twin: Twin): contract.GetTwinResponse {
  return { json: Buffer.from(twinJson(twin)), etag: twin.etag };
}

function requiredName(key: identity.IdentityKey | undefined): string {
  const name = nameOfKey(key);
  if (name === undefined) {
    throw new HubError('ArgumentInvalid', 'A device id or module id is invalid.');
  }
  return name;
}
