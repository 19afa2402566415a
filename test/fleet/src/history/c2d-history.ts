/** What was observed of one cloud-to-device message, or that a device dialled. Message ids are unique in a history. */
export type MessageEvent =
  | { readonly kind: 'dialled'; readonly deviceId: string }
  /** A back end is about to send it. @property isAwaited whether its feedback is; else it may be missing */
  | { readonly kind: 'sent'; readonly deviceId: string; readonly message: string; readonly isAwaited: boolean }
  /** The hub has said that it has it. */
  | { readonly kind: 'accepted'; readonly message: string }
  /** The device has it. */
  | { readonly kind: 'delivered'; readonly deviceId: string; readonly message: string }
  /** The device is about to complete it. */
  | { readonly kind: 'acknowledged'; readonly message: string }
  | { readonly kind: 'feedback'; readonly message: string; readonly status: string };

export interface MessageVerdict {
  readonly accepted: number;
  readonly deliveries: number;
  /** Messages that came more than once. */
  readonly redelivered: number;
  /** Messages that were given up after the maximum of deliveries. */
  readonly givenUp: number;
  /** Each a rule that was broken, and the message. */
  readonly violations: readonly string[];
}

interface MessageStory {
  readonly deviceId: string;
  readonly isAwaited: boolean;
  /** Connections that its device had begun when it was sent, the one that it may have then among them. */
  readonly firstConnection: number;
  /** Its place among what was accepted for its device, once it is. */
  place?: number;
  /** The connection of each delivery, and the place of each in the history. */
  readonly deliveries: { readonly connection: number; readonly at: number }[];
  isAcknowledged: boolean;
  status?: string;
}

const GIVEN_UP = 'DeliveryCountExceeded';

/**
 * Judges what was observed of messages, in the order in which it was. The rules are sound for devices that have one
 * connection at a time, and for a back end that has one message for a device on its way at a time:
 *
 * - What was accepted came at least once, unless it was given up; first deliveries are in the order of acceptance.
 * - A message has ended for certain once feedback on it was received, and comes no more then: no connection held it when
 *   its end was stored, but the one that completed it. That a PUBACK was sent proves no end, since the hub may have been
 *   killed before it was stored; but on the same connection no message comes twice, acknowledged or not.
 * - It came no more often than the maximum; and is given up only if its device had as many connections, since a lock lasts
 *   as long as the connection.
 * - Of everything accepted there is feedback, always the same, `Success` only of what the device has acknowledged.
 *
 * What was sent and not accepted may be there or not; if it is, all but the first and the last hold for it too.
 */
export function judgeMessages(events: readonly MessageEvent[], maxDeliveries: number): MessageVerdict {
  const stories = new Map<string, MessageStory>();
  const connections = new Map<string, number>();
  const acceptedOf = new Map<string, number>();
  const violations = new Set<string>();
  const connectionOf = (deviceId: string): number => connections.get(deviceId) ?? 0;

  for (const [at, event] of events.entries()) {
    if (event.kind === 'dialled') {
      connections.set(event.deviceId, connectionOf(event.deviceId) + 1);
      continue;
    }
    if (event.kind === 'sent') {
      const { deviceId, isAwaited } = event;
      const firstConnection = connectionOf(deviceId);
      stories.set(event.message, { deviceId, isAwaited, firstConnection, deliveries: [], isAcknowledged: false });
      continue;
    }
    const story = stories.get(event.message);
    if (story === undefined) {
      violations.add(`${event.kind}, but never sent: ${event.message}`);
    } else if (event.kind === 'accepted') {
      story.place = acceptedOf.get(story.deviceId) ?? 0;
      acceptedOf.set(story.deviceId, story.place + 1);
    } else if (event.kind === 'acknowledged') {
      story.isAcknowledged = true;
    } else {
      const breach =
        event.kind === 'delivered'
          ? deliver(story, event.deviceId, { connection: connectionOf(event.deviceId), at })
          : end(story, event.status, { connections: connectionOf(story.deviceId), maxDeliveries });
      if (breach !== undefined) {
        violations.add(`${breach}: ${event.message}`);
      }
    }
  }

  for (const [message, story] of stories) {
    if (story.deliveries.length > maxDeliveries) {
      violations.add(`delivered more often than ${maxDeliveries} times: ${message}`);
    }
    if (story.place !== undefined && story.deliveries.length === 0 && story.status !== GIVEN_UP) {
      violations.add(`accepted, but never delivered: ${message}`);
    }
    if (story.place !== undefined && story.isAwaited && story.status === undefined) {
      violations.add(`accepted, but without feedback: ${message}`);
    }
  }
  for (const message of outOfOrder(stories)) {
    violations.add(`delivered after one that was accepted later: ${message}`);
  }
  return { ...count([...stories.values()]), violations: [...violations] };
}

/** @returns the rule that this delivery breaks */
function deliver(
  story: MessageStory,
  deviceId: string,
  delivery: { readonly connection: number; readonly at: number },
): string | undefined {
  const isAgain = story.deliveries.some(({ connection }) => connection === delivery.connection);
  story.deliveries.push(delivery);
  if (deviceId !== story.deviceId) {
    return `delivered to ${deviceId} in place of ${story.deviceId}`;
  }
  if (story.status !== undefined) {
    return 'delivered after its end';
  }
  return isAgain ? 'delivered twice on one connection' : undefined;
}

/** @returns the rule that this feedback breaks */
function end(
  story: MessageStory,
  status: string,
  { connections, maxDeliveries }: { readonly connections: number; readonly maxDeliveries: number },
): string | undefined {
  const former = story.status;
  story.status = status;
  if (former !== undefined) {
    return former === status ? undefined : `ended as ${status} and ${former}`;
  }
  if (status === 'Success') {
    return story.isAcknowledged ? undefined : 'completed, but not by its device';
  }
  if (status === GIVEN_UP) {
    const possible = connections - Math.max(story.firstConnection, 1) + 1;
    return possible < maxDeliveries ? 'given up too early' : undefined;
  }
  return `ended as ${status}`;
}

/** Accepted messages that came first after one that was accepted later. */
function* outOfOrder(stories: ReadonlyMap<string, MessageStory>): Iterable<string> {
  const highest = new Map<string, number>();
  const first = [...stories].flatMap(
    ([
      message,
      {
        deviceId,
        place,
        deliveries: [delivery],
      },
    ]) => (place === undefined || delivery === undefined ? [] : [{ message, deviceId, place, at: delivery.at }]),
  );
  for (const { message, deviceId, place } of first.sort((left, right) => left.at - right.at)) {
    const before = highest.get(deviceId) ?? -1;
    if (place < before) {
      yield message;
    }
    highest.set(deviceId, Math.max(before, place));
  }
}

function count(stories: readonly MessageStory[]): Omit<MessageVerdict, 'violations'> {
  return {
    accepted: stories.filter(({ place }) => place !== undefined).length,
    deliveries: stories.reduce((sum, { deliveries }) => sum + deliveries.length, 0),
    redelivered: stories.filter(({ deliveries }) => deliveries.length > 1).length,
    givenUp: stories.filter(({ status }) => status === GIVEN_UP).length,
  };
}
