import type { DeviceIdentity } from '../../device-session/device-identity.js';

/** Filters that are the same for all. */
export const FILTER = {
  twinReplies: '$iothub/twin/res/#',
  desired: '$iothub/twin/PATCH/properties/desired/#',
  methods: '$iothub/methods/POST/#',
} as const;

const TWIN_AND_METHODS: ReadonlySet<string> = new Set(Object.values(FILTER));

/** Whether an identity may subscribe to a filter: only to these, all of which concern itself alone. */
export function isAllowedFilter(filter: string, { deviceId, moduleId }: DeviceIdentity): boolean {
  if (TWIN_AND_METHODS.has(filter)) {
    return true;
  }
  if (moduleId === '') {
    return filter === `devices/${deviceId}/messages/devicebound/#`;
  }
  const own = `devices/${deviceId}/modules/${moduleId}/`;
  return filter === `${own}#` || filter === `${own}inputs/#` || filter === `${own}messages/devicebound/#`;
}
