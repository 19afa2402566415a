import type { DeviceIdentity } from '../../device-session/device-identity.js';

/** Filters that are the same for all. */
export const FILTER = {
  twinReplies: '$iothub/twin/res/#',
  desired: '$iothub/twin/PATCH/properties/desired/#',
  methods: '$iothub/methods/POST/#',
} as const;

const TWIN_AND_METHODS: ReadonlyMap<string, string> = new Map(Object.values(FILTER).map((filter) => [filter, filter]));

/**
 * A filter that an identity may subscribe to: only to these, all of which concern itself alone. One that is the same for all
 * is one string for all connections.
 *
 * @returns undefined if it may not
 */
export function allowedFilter(filter: string, identity: DeviceIdentity): string | undefined {
  return TWIN_AND_METHODS.get(filter) ?? (isOwn(filter, identity) ? filter : undefined);
}

function isOwn(filter: string, { deviceId, moduleId }: DeviceIdentity): boolean {
  if (moduleId === '') {
    return filter === `devices/${deviceId}/messages/devicebound/#`;
  }
  const own = `devices/${deviceId}/modules/${moduleId}/`;
  return filter === `${own}#` || filter === `${own}inputs/#` || filter === `${own}messages/devicebound/#`;
}
