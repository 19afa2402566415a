import type { MqttConnection } from '../connection/mqtt-connection.js';
import { HOLD } from '../connection/read-hold.js';

/**
 * Changes what a connection is subscribed to, and answers. What a persistent session keeps is stored before that, and
 * nothing more is read meanwhile, so that changes are stored in the order in which they were asked for.
 */
export function changeSubscriptions(
  connection: MqttConnection,
  subscriptions: ReadonlyMap<string, number>,
  answer: Buffer,
): void {
  if (connection.cleanSession || isSame(connection.subscriptions, subscriptions)) {
    answered(connection, subscriptions, answer);
    return;
  }
  connection.pause(HOLD.session);
  void store(connection, subscriptions, answer);
}

async function store(
  connection: MqttConnection,
  subscriptions: ReadonlyMap<string, number>,
  answer: Buffer,
): Promise<void> {
  const { admission, context } = connection;
  if (admission === undefined) {
    return;
  }
  try {
    if (!(await context.sessionWriter.save(admission, subscriptions))) {
      connection.close('taken-over');
    }
  } catch (error) {
    // Clients take no notice of a refused subscription; one that reconnects asks again.
    context.log.warn({ err: error, deviceId: admission.identity.deviceId }, 'a session could not be stored');
    connection.close('session-not-stored');
  }
  if (connection.phase === 'open') {
    answered(connection, subscriptions, answer);
    connection.resume(HOLD.session);
  }
}

/** What comes by new subscriptions follows the answer. */
function answered(connection: MqttConnection, subscriptions: ReadonlyMap<string, number>, answer: Buffer): void {
  connection.subscribed(subscriptions);
  connection.write(answer);
  connection.deliverMessages();
}

function isSame(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): boolean {
  return left.size === right.size && [...left].every(([filter, qos]) => right.get(filter) === qos);
}
