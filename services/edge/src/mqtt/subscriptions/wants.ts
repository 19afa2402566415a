import type { DeviceIdentity } from '../../device-session/device-identity.js';
import { FILTER } from './allowed-filters.js';

/** What a connection has asked for by its subscriptions. */
export interface Wants {
  readonly twinReplies: boolean;
  readonly desired: boolean;
  readonly methods: boolean;
  /** QoS of cloud-to-device messages; undefined: none are wanted. */
  readonly messageQos: 0 | 1 | undefined;
}

const MESSAGE_QOS = [undefined, 0, 1] as const;

/** All there are, so that a connection has none of its own. */
const ALL: readonly Wants[] = Array.from({ length: 24 }, (_, index) => ({
  twinReplies: (index & 1) !== 0,
  desired: (index & 2) !== 0,
  methods: (index & 4) !== 0,
  messageQos: MESSAGE_QOS[index >> 3],
}));

export const WANTS_NOTHING: Wants = { twinReplies: false, desired: false, methods: false, messageQos: undefined };

/** @param subscriptions QoS by filter; only filters that are allowed */
export function wantsOf(subscriptions: ReadonlyMap<string, number>, identity: DeviceIdentity): Wants {
  const index =
    (subscriptions.has(FILTER.twinReplies) ? 1 : 0) |
    (subscriptions.has(FILTER.desired) ? 2 : 0) |
    (subscriptions.has(FILTER.methods) ? 4 : 0) |
    ((messageQos(subscriptions, identity) + 1) << 3);
  return ALL[index] ?? WANTS_NOTHING;
}

/** [MQTT-3.3.5-1]: the greatest of the filters that match; -1 if none does. */
function messageQos(subscriptions: ReadonlyMap<string, number>, { deviceId, moduleId }: DeviceIdentity): number {
  if (moduleId === '') {
    return subscriptions.get(`devices/${deviceId}/messages/devicebound/#`) ?? -1;
  }
  const own = `devices/${deviceId}/modules/${moduleId}/`;
  return Math.max(subscriptions.get(`${own}#`) ?? -1, subscriptions.get(`${own}messages/devicebound/#`) ?? -1);
}
