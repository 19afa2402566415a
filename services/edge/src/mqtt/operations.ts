import type { MqttConnection } from './connection/mqtt-connection.js';
import { METHOD_REPLY, replyToMethod } from './methods/method-operations.js';
import type { MqttContext } from './mqtt-context.js';
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
const OPERATIONS: readonly { readonly prefix: string; readonly operation: Operation; readonly needs?: 'twins' }[] = [
  { prefix: GET_TWIN, operation: getTwin, needs: 'twins' },
  { prefix: PATCH_REPORTED, operation: patchReported, needs: 'twins' },
  { prefix: METHOD_REPLY, operation: replyToMethod },
];

/** Undefined for a topic of none, or of one that is not served here. */
export function findOperation(topic: string, context: MqttContext): Operation | undefined {
  const found = OPERATIONS.find(({ prefix }) => topic.startsWith(prefix));
  return found?.needs !== undefined && context[found.needs] === undefined ? undefined : found?.operation;
}
