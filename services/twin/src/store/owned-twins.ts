import type { Clock } from '@mooring/clock';
import { keyOfName } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { Directory, DirectoryEntry } from '../directory/directory.js';
import { isTwinOf, type KnownIdentity, twinOf } from '../domain/new-twin.js';
import type { Twin } from '../domain/twin.js';
import type { ChangedTwin } from './twin-changes.js';
import type { TwinWriter } from './twin-writer.js';

export interface OwnedTwinsOptions {
  readonly writer: TwinWriter;
  readonly directory: Directory;
  readonly clock: Clock;
}

/** Changes a twin that exists; see `TwinChange`. */
export type OwnedChange<R> = (twin: Twin) => ChangedTwin<R>;

/** Times that an identity may be another one when its twin is written than when it was looked up. */
const LOOKUPS = 3;

const OUTDATED = Symbol('outdated');

/** Changes twins of identities that exist; a twin that is missing, or of an earlier identity, is made on the way. */
export class OwnedTwins {
  constructor(private readonly options: OwnedTwinsOptions) {}

  /**
   * Changes the twin of an identity as the registry has it now.
   *
   * @throws HubError `DeviceNotFound`, `ModuleNotFound`, and what the change throws
   */
  async changeCurrent<R>(name: string, change: OwnedChange<R>): Promise<R> {
    for (let lookup = 1; ; lookup++) {
      const known = required(await this.options.directory.describe(name), name);
      const result = await this.changeKnown(name, known, { change, isLast: lookup === LOOKUPS });
      if (result !== OUTDATED) {
        return result;
      }
    }
  }

  /**
   * Changes the twin of one generation of an identity; asks the registry only where no such twin is kept.
   *
   * @throws HubError `DeviceNotFound`, `ModuleNotFound` where the registry has no such identity, and what the change throws
   */
  async changeOf<R>(name: string, generation: string, change: OwnedChange<R>): Promise<R> {
    const result = await this.options.writer.change<R | typeof OUTDATED>(name, (current) =>
      current !== undefined && isTwinOf(current, generation) ? change(current) : { twin: current, result: OUTDATED },
    );
    if (result !== OUTDATED) {
      return result;
    }
    const known = required(await this.options.directory.describe(name), name, generation);
    const later = await this.changeKnown(name, known, { change, isLast: false });
    if (later === OUTDATED) {
      throw notFound(name, true);
    }
    return later;
  }

  /** @param isLast whether the look-up counts even where the twin that is kept seems to know better */
  private changeKnown<R>(
    name: string,
    known: KnownIdentity,
    { change, isLast }: { readonly change: OwnedChange<R>; readonly isLast: boolean },
  ): Promise<R | typeof OUTDATED> {
    const { writer, clock } = this.options;
    return writer.change<R | typeof OUTDATED>(name, (current) =>
      isOutdated(current, known) && !isLast
        ? { twin: current, result: OUTDATED }
        : change(twinOf(current, known, clock.now())),
    );
  }
}

/** The identity that a look-up found. */
export function required(
  { known, deviceFound }: DirectoryEntry,
  name: string,
  generation = known?.owner.generation,
): KnownIdentity {
  if (known === undefined || known.owner.generation !== generation) {
    throw notFound(name, deviceFound);
  }
  return known;
}

function notFound(name: string, deviceFound: boolean): HubError {
  const { deviceId, moduleId } = keyOfName(name);
  return moduleId !== '' && deviceFound
    ? new HubError('ModuleNotFound', `Device '${deviceId}' has no module '${moduleId}'.`)
    : new HubError('DeviceNotFound', `There is no device '${deviceId}'.`);
}

/** Whether the twin is of an identity that was made after the look-up. */
function isOutdated(current: Twin | undefined, { owner, copy }: KnownIdentity): boolean {
  return (
    current !== undefined &&
    current.status !== 'deleted' &&
    current.generation !== owner.generation &&
    current.identity.revision > copy.revision
  );
}
