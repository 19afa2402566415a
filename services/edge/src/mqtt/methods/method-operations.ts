import { HubError } from '@mooring/errors';
import type { MethodRequest } from '../../device-session/live/live-connection.js';
import { publishPacket } from '../codec/publish-packet.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { malformed, readOperationParameters } from '../operation-topic.js';
import type { OperationPublish } from '../operations.js';

export const METHOD_REPLY = '$iothub/methods/res/';

/** What would make other levels of a topic, or no topic at all [MQTT-3.3.2-2]. */
const NOT_IN_A_LEVEL = /[/#+\0]/;
const STATUS = /^-?\d{1,10}$/;
const MAX_STATUS = 0x7fff_ffff;

/** The packet of `$iothub/methods/POST/{name}/?$rid={id}`. */
export function methodPacket({ requestId, name, payload }: MethodRequest): Buffer {
  if (NOT_IN_A_LEVEL.test(name) || !name.isWellFormed()) {
    throw new HubError('ArgumentInvalid', 'The name of a method for a device on MQTT has no /, # or + in it.');
  }
  return publishPacket({ topic: `$iothub/methods/POST/${name}/?$rid=${requestId}`, payload, packetId: 0 });
}

/** `$iothub/methods/res/{status}/?$rid={id}`: an answer that nobody waits for is no fault of the client's. */
export function replyToMethod(
  { admission, context: { methodReplies } }: MqttConnection,
  { topic, payload }: OperationPublish,
): Promise<void> {
  const slash = topic.indexOf('/', METHOD_REPLY.length);
  const text = slash < 0 ? '' : topic.slice(METHOD_REPLY.length, slash);
  const status = Number(text);
  if (admission === undefined || !STATUS.test(text) || Math.abs(status) > MAX_STATUS) {
    throw malformed();
  }
  const { requestId } = readOperationParameters(topic, slash + 1);
  return methodReplies.accept(admission.identity, requestId, { status, payload });
}
