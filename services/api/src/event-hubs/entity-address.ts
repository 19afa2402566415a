/** What an address within the Event Hubs-compatible endpoint names. */
export type EntityAddress =
  | { readonly kind: 'management' }
  | { readonly kind: 'partition'; readonly group: string; readonly partition: string }
  /** The hub itself, as a place to send to. */
  | { readonly kind: 'entity' };

const AUTHORITY = /^amqps?:\/\/[^/]*\//i;

/**
 * Reads `$management`, `events/ConsumerGroups/$Default/Partitions/0` or `events`, with or without `amqps://host/` before it.
 * Fixed parts, the entity's name and the group compare without regard to case; the group is given in lower case.
 *
 * @returns undefined for an address of something else
 */
export function parseEntityAddress(address: string, entity: string): EntityAddress | undefined {
  const segments = address.replace(AUTHORITY, '').split('/').filter(Boolean).map(decoded);
  const [name, ...rest] = segments.map((segment) => segment.toLowerCase());
  if (name === '$management' && rest.length === 0) {
    return { kind: 'management' };
  }
  if (name !== entity.toLowerCase()) {
    return undefined;
  }
  const [groups, group, partitions, partition, ...more] = rest;
  if (groups === '$management' && group === undefined) {
    return { kind: 'management' };
  }
  if (groups === 'consumergroups' && partitions === 'partitions' && group && partition && more.length === 0) {
    return { kind: 'partition', group, partition };
  }
  return { kind: 'entity' };
}

/** Clients that take the address for a URL escape the `$` of `$Default`. */
function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // Not an escape: the segment stands for itself, and names nothing.
    return segment;
  }
}
