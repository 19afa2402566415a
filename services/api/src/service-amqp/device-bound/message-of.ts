import { type PropertyName, type ReceivedMessage, type Scalar, textOf } from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';

const ACK_PROPERTY = 'iothub-ack';

const ACKS: ReadonlyMap<string, c2dqueue.Ack> = new Map([
  ['', c2dqueue.Ack.UNSPECIFIED],
  ['none', c2dqueue.Ack.NONE],
  ['positive', c2dqueue.Ack.POSITIVE],
  ['negative', c2dqueue.Ack.NEGATIVE],
  ['full', c2dqueue.Ack.FULL],
]);

const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

/**
 * The message that a back end sends to a device.
 *
 * @throws HubError `ArgumentInvalid` if something of it cannot be told in the hub's own form
 */
export function messageOf(received: ReceivedMessage): c2dqueue.Message {
  const { ack, properties } = propertiesOf(received);
  return {
    messageId: systemText(received, 'messageId', 'The message-id'),
    correlationId: systemText(received, 'correlationId', 'The correlation-id'),
    userId: systemText(received, 'userId', 'The user-id'),
    contentType: systemText(received, 'contentType', 'The content-type'),
    contentEncoding: systemText(received, 'contentEncoding', 'The content-encoding'),
    expiryTimeMs: expiryOf(received.property('absoluteExpiryTime')),
    ack,
    properties,
    body: received.bodyBytes(),
  };
}

function systemText(received: ReceivedMessage, property: PropertyName, name: string): string {
  const scalar = received.property(property);
  return scalar === undefined ? '' : textOf(scalar, name);
}

function propertiesOf(received: ReceivedMessage): { ack: c2dqueue.Ack; properties: c2dqueue.Property[] } {
  let ack = c2dqueue.Ack.UNSPECIFIED;
  const values = new Map<string, string>();
  for (const [name, scalar] of received.applicationProperties()) {
    if (scalar?.kind === 'null') {
      continue;
    }
    const value = textOf(scalar, `The application property ${name}`);
    if (name.toLowerCase() === ACK_PROPERTY) {
      ack = ackOf(value);
    } else {
      values.set(name, value);
    }
  }
  return { ack, properties: Array.from(values, ([name, value]) => ({ name, value })) };
}

function ackOf(value: string): c2dqueue.Ack {
  const ack = ACKS.get(value.toLowerCase());
  if (ack === undefined) {
    throw new HubError('ArgumentInvalid', `${ACK_PROPERTY} must be none, positive, negative or full.`);
  }
  return ack;
}

/** Milliseconds since the Unix epoch; 0 if none was set. Python's client sends whatever type its user gave. */
function expiryOf(scalar: Scalar | undefined): number {
  if (scalar === undefined) {
    return 0;
  }
  const ms = millisecondsOf(scalar);
  if (ms === undefined) {
    throw new HubError('ArgumentInvalid', 'The absolute-expiry-time must be a timestamp.');
  }
  // To the queue 0 means "not set": whoever sets the epoch means the past.
  if (ms <= 0) {
    throw new HubError('ArgumentInvalid', 'The absolute-expiry-time lies in the past.');
  }
  return ms;
}

function millisecondsOf(scalar: Scalar): number | undefined {
  switch (scalar.kind) {
    case 'timestamp':
    case 'integer':
      return typeof scalar.value === 'number' ? scalar.value : undefined;
    case 'string': {
      const ms = ISO_8601.test(scalar.value) ? Date.parse(scalar.value) : Number.NaN;
      return Number.isNaN(ms) ? undefined : ms;
    }
    default:
      return undefined;
  }
}
