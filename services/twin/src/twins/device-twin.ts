import { nameOfKey } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import type { twin as contract } from '@mooring/proto';
import { MAX_ITEMS } from '../limits.js';

/** A device's twin, of the identity that its connection was admitted as. */
export interface DeviceTwin {
  readonly name: string;
  readonly generation: string;
}

/** Undefined for what cannot be an identity's key. */
export function deviceTwin(of: contract.DeviceTwinKey | undefined): DeviceTwin | undefined {
  const name = nameOfKey(of?.key);
  return name === undefined || of === undefined ? undefined : { name, generation: of.generationId };
}

/** @throws HubError `ArgumentInvalid` */
export function required(wanted: DeviceTwin | undefined): DeviceTwin {
  if (wanted === undefined) {
    throw new HubError('ArgumentInvalid', 'A device id or module id is invalid.');
  }
  return wanted;
}

/** @throws HubError `ArgumentInvalid` if there are too many */
export function checkCount(count: number): void {
  if (count > MAX_ITEMS) {
    throw new HubError('ArgumentInvalid', `A call is about at most ${MAX_ITEMS} twins.`);
  }
}
