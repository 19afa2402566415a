/** The error's name, e.g. `DeviceNotFound`, from which its code, status and condition follow. */
export const ERROR_HEADER = 'mooring-error';
export const TRACKING_HEADER = 'mooring-tracking-id';

/** gRFC A6: a negative value tells a client's retry policy to leave it. */
export const PUSHBACK_HEADER = 'grpc-retry-pushback-ms';
export const NO_RETRY = '-1';

/** UTF-16 units of a message that cross; percent-encoded, so many are far below an HTTP/2 peer's limit of 64 KB. */
export const MAX_MESSAGE = 4_000;

/** Whether a text can be a tracking id on the wire. */
export function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(text);
}
