/** What an address of the hub's service front names. */
export type ServiceAddress =
  | { readonly kind: 'device-bound' | 'feedback' | 'file-notifications' }
  /** The built-in endpoint by its name within the hub; `rest` is what comes behind `/messages/events`, e.g. `$management`. */
  | { readonly kind: 'events'; readonly rest: string };

const SCHEME_AND_AUTHORITY = /^amqps?:\/\/[^/]*/i;

/**
 * Reads `/messages/devicebound`, `/messages/serviceBound/feedback`, … with or without `amqps://host` before it. Fixed parts
 * compare without regard to case.
 *
 * @returns undefined for an address of something else
 */
export function parseServiceAddress(address: string): ServiceAddress | undefined {
  const segments = address.replace(SCHEME_AND_AUTHORITY, '').split('/').filter(Boolean).map(decoded);
  const [first, second, ...rest] = segments.map((segment) => segment.toLowerCase());
  if (first !== 'messages' || second === undefined) {
    return undefined;
  }
  if (second === 'events') {
    return { kind: 'events', rest: segments.slice(2).join('/') };
  }
  switch ([second, ...rest].join('/')) {
    case 'devicebound':
      return { kind: 'device-bound' };
    case 'servicebound/feedback':
      return { kind: 'feedback' };
    case 'servicebound/filenotifications':
      return { kind: 'file-notifications' };
    default:
      return undefined;
  }
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not an escape: the segment stands for itself, and names nothing.
    return segment;
  }
}
