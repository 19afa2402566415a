import type { MqttConnection } from './connection/mqtt-connection.js';
import { METHOD_REPLY, replyToMethod } from './methods/method-operations.js';
import { GET_TWIN, getTwin, PATCH_REPORTED, patchReported } from './twin/twin-operations.js';

/** What a device publishes to a topic of an operation (`$iothub/…`). */
export interface OperationPublish {
  readonly topic: string;
  /** A copy; the operation may keep it. */
  readonly payload: Buffer;
}

/**
 * Carries out an operation: the publish is acknowledged when it resolves, the connection closed when it rejects or throws.
 *
 * @throws ProtocolError if the topic is malformed
 */
export type Operation = (connection: MqttConnection, publish: OperationPublish) => Promise<void>;

/** What devices can ask for by publishing, by the beginning of the topic. */
const OPERATIONS: readonly { readonly prefix: string; readonly operation: Operation }[] = [
  { prefix: GET_TWIN, operation: getTwin },
  { prefix: PATCH_REPORTED, operation: patchReported },
  { prefix: METHOD_REPLY, operation: replyToMethod },
];

/** Undefined for a topic of none. */
export function findOperation(topic: string): Operation | undefined {
  return OPERATIONS.find(({ prefix }) => topic.startsWith(prefix))?.operation;
}
