import { isHubError } from '@mooring/errors';
import type { Admission } from '../../device-session/live/live-connection.js';
import type { Twins } from '../../twins/twins.js';
import { publishPacket } from '../codec/publish-packet.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { type OperationParameters, readOperationParameters } from '../operation-topic.js';
import type { OperationPublish } from '../operations.js';

export const GET_TWIN = '$iothub/twin/GET/';
export const PATCH_REPORTED = '$iothub/twin/PATCH/properties/reported/';

const NOTHING = Buffer.alloc(0);

interface Reply {
  readonly status: number;
  /** Of the reported properties; 0 if none is told. */
  readonly version: number;
  readonly body: Buffer;
}

/** `$iothub/twin/GET/?$rid={r}`: what the body holds does not matter. */
export function getTwin(connection: MqttConnection, { topic }: OperationPublish): Promise<void> {
  const parameters = readOperationParameters(topic, GET_TWIN.length);
  return reply(connection, parameters, async ({ twins, admission }) => ({
    status: 200,
    version: 0,
    body: await twins.getProperties(admission),
  }));
}

/** `$iothub/twin/PATCH/properties/reported/?$rid={r}[&$version={n}]` */
export function patchReported(connection: MqttConnection, { topic, payload }: OperationPublish): Promise<void> {
  const parameters = readOperationParameters(topic, PATCH_REPORTED.length);
  return reply(connection, parameters, async ({ twins, admission }) => ({
    status: 204,
    version: await twins.patchReported(admission, payload, parameters.version),
    body: NOTHING,
  }));
}

interface Served {
  readonly twins: Twins;
  readonly admission: Admission;
}

/** Carries an operation out, and answers if the connection is subscribed to answers. */
async function reply(
  connection: MqttConnection,
  { requestId }: OperationParameters,
  carryOut: (served: Served) => Promise<Reply>,
): Promise<void> {
  const { admission, context } = connection;
  const { twins, clock } = context;
  if (admission === undefined) {
    throw new TypeError('a connection that is open was admitted');
  }
  const { status, version, body } = await carryOut({ twins, admission }).catch((error: unknown) =>
    errorReply(error, clock.now()),
  );
  if (connection.phase === 'open' && connection.wants.twinReplies) {
    const topic = `$iothub/twin/res/${status}/?$rid=${requestId}${version === 0 ? '' : `&$version=${version}`}`;
    connection.write(publishPacket({ topic, payload: body, packetId: 0 }));
  }
}

function errorReply(thrown: unknown, now: number): Reply {
  if (!isHubError(thrown)) {
    throw thrown;
  }
  const { status, code, trackingId, message } = thrown;
  const body = { errorCode: code, trackingId, message, timestampUtc: new Date(now).toISOString() };
  return { status, version: 0, body: Buffer.from(JSON.stringify(body)) };
}
