import { ProtocolError } from './protocol-error.js';

/**
 * Reads what stands behind the question mark of a topic of an operation: `$rid={r}`, in some topics with `$version={n}`, in
 * any order. Parameters that are not known are ignored.
 *
 * @param start where the question mark must stand
 * @throws ProtocolError if it is malformed
 */
export function readOperationParameters(topic: string, start: number): OperationParameters {
  if (topic[start] !== '?') {
    throw malformed();
  }
  let requestId: string | undefined;
  let version: string | undefined;
  for (const parameter of topic.slice(start + 1).split('&')) {
    if (parameter.startsWith(REQUEST_ID)) {
      requestId ??= parameter.slice(REQUEST_ID.length);
    } else if (parameter.startsWith(VERSION)) {
      version ??= parameter.slice(VERSION.length);
    }
  }
  if (requestId === undefined || requestId === '' || requestId.length > MAX_REQUEST_ID_LENGTH) {
    throw malformed();
  }
  if (version !== undefined && !/^\d{1,15}$/.test(version)) {
    throw malformed();
  }
  return { requestId, version: Number(version ?? 0) };
}

export interface OperationParameters {
  /** As it was written. */
  readonly requestId: string;
  /** 0 if there is none. */
  readonly version: number;
}

const REQUEST_ID = '$rid=';
const VERSION = '$version=';
const MAX_REQUEST_ID_LENGTH = 256;

export function malformed(): ProtocolError {
  return new ProtocolError('a malformed topic of an operation');
}
