import { HubError } from '@mooring/errors';

/** Filters that a session may hold; MQTT listeners allow fewer. */
const MAX_SUBSCRIPTIONS = 64;
const MAX_FILTER_LENGTH = 2048;

export interface Subscription {
  /** As the device spelt it. */
  readonly filter: string;
  readonly qos: 0 | 1;
}

/** What a persistent MQTT session keeps. */
export interface SessionState {
  readonly generation: string;
  /** Of the connection that wrote it last. */
  readonly epoch: number;
  readonly subscriptions: readonly Subscription[];
  /** The session has ended; what is left is a fence against older connections. */
  readonly discarded: boolean;
}

/** @throws HubError `ArgumentInvalid` */
export function checkSession(session: SessionState): void {
  const { epoch, subscriptions } = session;
  if (!Number.isSafeInteger(epoch) || epoch < 0) {
    throw new HubError('ArgumentInvalid', 'An epoch is a whole number that is not negative.');
  }
  if (subscriptions.length > MAX_SUBSCRIPTIONS) {
    throw new HubError('ArgumentInvalid', `A session has at most ${MAX_SUBSCRIPTIONS} subscriptions.`);
  }
  for (const { filter, qos } of subscriptions) {
    if (filter.length > MAX_FILTER_LENGTH || (qos !== 0 && qos !== 1)) {
      throw new HubError('ArgumentInvalid', 'A subscription has a filter of limited length, and QoS 0 or 1.');
    }
  }
}

/**
 * The session after a write; undefined if the write is refused, since a newer connection has written or since the writer's
 * device or module is not the one that exists.
 *
 * @param generation of the identity as it is now; undefined if there is none
 */
export function nextSession(
  current: SessionState | undefined,
  write: SessionState,
  generation: string | undefined,
): SessionState | undefined {
  const outdated = current?.generation === generation && (current?.epoch ?? 0) > write.epoch;
  return write.generation !== generation || outdated ? undefined : write;
}

/** Whether a connection of this generation finds the session. */
export function isKept(session: SessionState | undefined, generation: string): session is SessionState {
  return session !== undefined && session.generation === generation && !session.discarded;
}
