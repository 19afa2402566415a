import type { HubError } from './hub-error.js';

/** The body that every SDK reads errors from. */
export interface ErrorBody {
  /** `ErrorCode:<name>;<text>`, or JSON text (`ErrorForm`) */
  readonly Message: string;
  /** `Tracking ID:<id>-TimeStamp:<MM/dd/yyyy HH:mm:ss>` */
  readonly ExceptionMessage: string;
}

/** SDKs believe the code in the body only if this header names the same. */
export const ERROR_CODE_HEADER = 'iothub-errorcode';

/** Names one request; on every answer. */
export const REQUEST_ID_HEADER = 'x-ms-request-id';

/** Seconds, where an error that depends on time does not say (RFC 9110, section 10.2.3). */
const RETRY_AFTER = 1;

/** The headers of an answer that is an error; who asked for too much is told when to come again. */
export function errorHeaders({ error, status, retryAfterSeconds }: HubError): Record<string, string> {
  const retryAfter = status === 429 ? { 'retry-after': String(retryAfterSeconds ?? RETRY_AFTER) } : {};
  return { [ERROR_CODE_HEADER]: error, ...retryAfter };
}

/** What the `Message` of a route's errors is: text, or JSON text, as newer parts of Azure's API have it. */
export type ErrorForm = 'text' | 'json';

/** @param nowMs wall time in milliseconds since the Unix epoch */
export function errorBody(error: HubError, nowMs: number, form: ErrorForm): ErrorBody {
  // SDKs that know a device is missing know it by this name, wherever it is told.
  const isJson = form === 'json' && error.error !== 'DeviceNotFound';
  return {
    Message: isJson ? jsonMessage(error, nowMs) : `ErrorCode:${error.error};${error.message}`,
    ExceptionMessage: `Tracking ID:${error.trackingId}-TimeStamp:${timeStamp(nowMs)}`,
  };
}

function jsonMessage({ code, trackingId, message }: HubError, nowMs: number): string {
  return JSON.stringify({ errorCode: code, trackingId, message, timestampUtc: new Date(nowMs).toISOString() });
}

function timeStamp(nowMs: number): string {
  const [date = '', time = ''] = new Date(nowMs).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time.slice(0, 8)}`;
}
