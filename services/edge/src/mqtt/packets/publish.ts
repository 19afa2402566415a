import { meteredMessages } from '@mooring/throttling';
import type { Frame } from '../codec/frame-reader.js';
import { holdPublish, senderOf } from '../connection/hold-publish.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { HOLD } from '../connection/read-hold.js';
import { findOperation } from '../operations.js';
import { ProtocolError } from '../protocol-error.js';
import { checkTopic, readTelemetryProperties } from '../telemetry-topic.js';

/** A payload that is so much smaller than what it was received in is copied, so as not to keep all of that. */
const COPY_BELOW = 8;
const RETAIN_PROPERTY = 'mqtt-retain';

/** PUBLISH (section 3.3): of telemetry, or of an operation. */
export function handlePublish(connection: MqttConnection, frame: Frame): void {
  const { bytes, flags, start, end } = frame;
  const qos = (flags >> 1) & 3;
  if (qos > 1 || (qos === 0 && (flags & 8) !== 0)) {
    throw new ProtocolError(`a PUBLISH with flags ${flags}`); // QoS 2; [MQTT-3.3.1-4], [MQTT-3.3.1-2]
  }
  const topicStart = start + 2;
  const topicEnd = topicStart + (((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0));
  const payloadStart = qos === 0 ? topicEnd : topicEnd + 2;
  if (payloadStart > end || topicStart > end) {
    throw new ProtocolError('a PUBLISH that ends within a field');
  }
  const packetId = qos === 0 ? 0 : ((bytes[topicEnd] ?? 0) << 8) | (bytes[topicEnd + 1] ?? 0);
  if (qos === 1 && packetId === 0) {
    throw new ProtocolError('a PUBLISH without a packet id'); // [MQTT-2.3.1-1]
  }
  const topic = bytes.toString('utf8', topicStart, topicEnd);
  if (topic.startsWith(connection.telemetryTopic)) {
    const publish = { topic, packetId, retain: (flags & 1) !== 0, payload: payload(bytes, payloadStart, end) };
    const { throttles } = connection.context;
    if (throttles === undefined || throttles.telemetry.take(senderOf(connection), 1)) {
      publishTelemetry(connection, publish);
    } else {
      holdPublish(connection, throttles, () => publishTelemetry(connection, publish));
    }
  } else {
    publishOperation(connection, { topic, packetId, payload: Buffer.from(bytes.subarray(payloadStart, end)) });
  }
}

interface Publish {
  readonly topic: string;
  /** 0 at QoS 0. */
  readonly packetId: number;
  readonly payload: Buffer;
}

function publishTelemetry(connection: MqttConnection, publish: Publish & { readonly retain: boolean }): void {
  const { context, admission, stamps, telemetryTopic } = connection;
  const { topic, payload, packetId, retain } = publish;
  if (admission === undefined || stamps === undefined) {
    throw new TypeError('a connection that is open was admitted');
  }
  const { limits, metrics, ingress, tracing, clock, faults, quota } = context;
  const headers = stamps.headers(clock.now());
  if (topic.length > telemetryTopic.length) {
    readTelemetryProperties(topic, telemetryTopic.length, { headers, limits });
  }
  if (payload.length + topic.length - telemetryTopic.length > limits.maxMessageBytes) {
    throw new ProtocolError(`a message of ${payload.length} bytes`, 'too-large');
  }
  if (quota?.take(meteredMessages(payload.length)) === false) {
    throw new ProtocolError('a message beyond the daily quota', 'quota-exceeded');
  }
  if (retain) {
    // [MQTT-3.3.1-5] asks to keep it for later subscribers; there are none to telemetry, so readers are told.
    headers[RETAIN_PROPERTY] = 'true';
  }
  const { window } = connection;
  const origin = faults === undefined ? window : faults.origin(connection, headers);
  metrics.messages++;
  metrics.messageBytes += payload.length;
  window.begin();
  let token = packetId;
  if (tracing !== undefined) {
    const span = tracing.begin(headers, { identity: admission.identity, protocol: 'mqtt', bytes: payload.length });
    if (span !== undefined) {
      token = window.trace(packetId, span, tracing);
    }
  }
  if (!ingress.append({ key: admission.identity.deviceId, headers, value: payload }, origin, token)) {
    connection.pause(HOLD.lane);
  }
}

function publishOperation(connection: MqttConnection, { topic, packetId, payload }: Publish): void {
  const { context, admission } = connection;
  checkTopic(topic, 0, context.limits);
  const operation = findOperation(topic);
  if (admission === undefined || operation === undefined) {
    throw new ProtocolError('a PUBLISH to a topic that it may not use', 'not-authorized');
  }
  const { window } = connection;
  window.begin();
  operation(connection, { topic, payload }).then(
    () => {
      window.appended(packetId);
      window.appendedAll();
    },
    (error: unknown) => connection.fail(error),
  );
}

function payload(bytes: Buffer, start: number, end: number): Buffer {
  const view = bytes.subarray(start, end);
  return view.length * COPY_BELOW < bytes.length ? Buffer.from(view) : view;
}
