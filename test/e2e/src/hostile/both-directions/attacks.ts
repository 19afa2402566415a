import type { Cast } from '../../support/cast.js';
import type { HttpError } from '../../support/http-error.js';
import type { OperationLedger } from '../../support/operation-ledger.js';
import type { Siege } from '../../support/siege.js';

/** A hub that is attacked in both directions. */
export interface Attacked {
  readonly siege: Siege;
  readonly cast: Cast;
  /** Keys, base64, of the devices that attack: `rude` and `crude`. */
  readonly rudeKeys: Readonly<Record<'rude' | 'crude', string>>;
  readonly ledger: OperationLedger;
}

export const VERSION = 'api-version=2021-04-12';

export const INVALID: HttpError = [400, 'ArgumentInvalid'];
export const MISSING: HttpError = [400, 'ArgumentNull'];
export const NOT_JSON: HttpError = [400, 'DeserializationError'];
export const NO_VERSION: HttpError = [400, 'InvalidProtocolVersion'];
export const QUEUE_FULL: HttpError = [403, 'DeviceMaximumQueueDepthExceeded'];
export const NO_DEVICE: HttpError = [404, 'DeviceNotFound'];
export const NO_MODULE: HttpError = [404, 'ModuleNotFound'];
export const MISMATCH: HttpError = [412, 'PreconditionFailed'];
export const LOCK_LOST: HttpError = [412, 'DeviceMessageLockLost'];
export const TOO_LARGE: HttpError = [413, 'MessageTooLarge'];
export const BAD_TYPE: HttpError = [415, 'UnsupportedMediaType'];

/** Azure's numbers. */
export const CODES: Readonly<Record<string, number>> = {
  ArgumentInvalid: 400004,
  ArgumentNull: 400005,
  DeserializationError: 400012,
  DeviceMaximumQueueDepthExceeded: 403004,
  DeviceNotFound: 404001,
  ModuleNotFound: 404010,
  PreconditionFailed: 412001,
  DeviceMessageLockLost: 412002,
  MessageTooLarge: 413001,
};

/** Deeper than anything that recurses over it survives. */
export const DEEP = 100_000;

export function codeOf([, name]: HttpError): number {
  const code = CODES[name];
  if (code === undefined) {
    throw new Error(`the number of ${name} is not known here`);
  }
  return code;
}
