import { PORT, RawConnection } from '@mooring/test-wire';
import { connectPacket } from '@mooring/test-wire/mqtt';
import { type Attempt, accepted, atService, type Outcome, refused } from '../../trials/trial.js';
import { AmqpIntruder, type LinkAddress } from '../../wire/amqp-login.js';
import { exchangeHttp, type HttpRequest, requestBytes } from '../../wire/http-exchange.js';
import { connectOutcome } from '../../wire/mqtt-exchange.js';

export type Token = string | Buffer | undefined;

/** A way in which a token is shown to the hub. */
export interface Presenter {
  readonly name: string;
  /** The outcome of a genuine token. */
  readonly admits: string;
  /** @param deviceId whose token it says to be; that of back ends is looked at where they ask for a device */
  present(attempt: Attempt, deviceId: string, token: Token): Promise<Outcome>;
}

const VERSION = 'api-version=2021-04-12';

/** For links that need a right: `$cbs` takes the token, or the link is refused. */
async function byCbs(attempt: Attempt, token: Token, link: LinkAddress): Promise<Outcome> {
  const intruder = await AmqpIntruder.anonymous(attempt);
  try {
    if (token !== undefined) {
      const status = await intruder.put(attempt.stage.cast.host, token.toString('latin1' as never));
      if (status === undefined || status >= 400) {
        // And nothing may be attached all the same.
        const after = status === undefined ? refused('closed') : await intruder.attach(link);
        return after.refused ? refused(status === undefined ? 'closed' : `CBS ${status}`) : after;
      }
    }
    return await intruder.attach(link);
  } finally {
    intruder.close();
  }
}

async function byPlain(attempt: Attempt, user: string, token: Token, link: LinkAddress): Promise<Outcome> {
  const intruder = await AmqpIntruder.plain(attempt, user, token ?? '');
  if (!(intruder instanceof AmqpIntruder)) {
    return intruder;
  }
  const outcome = await intruder.attach(link);
  intruder.close();
  return outcome;
}

async function byHttp(attempt: Attempt, token: Token, request: HttpRequest): Promise<Outcome> {
  const headers = token === undefined ? [] : [['Authorization', token.toString('latin1' as never)] as const];
  const outcome = await exchangeHttp(attempt, requestBytes(attempt.stage.cast.host, { ...request, headers }));
  return outcome.refused ? outcome : accepted(outcome.how);
}

const telemetry = (deviceId: string): LinkAddress => ({
  address: `/devices/${deviceId}/messages/events`,
  role: 'sender',
});
const TO_DEVICES: LinkAddress = { address: '/messages/devicebound', role: 'sender' };

/** For tokens of devices. */
export const DEVICE_PRESENTERS: readonly Presenter[] = [
  {
    name: 'MQTT',
    admits: 'CONNACK 0',
    present: async ({ stage: { target, cast } }, deviceId, password) => {
      const connection = await RawConnection.secure(target, PORT.mqtts);
      const userName = `${cast.host}/${deviceId}/?api-version=2021-04-12`;
      connection.send(connectPacket({ clientId: deviceId, userName, password }));
      return connectOutcome(connection);
    },
  },
  {
    name: 'AMQP CBS',
    admits: 'attached',
    present: (attempt, deviceId, token) => byCbs(attempt, token, telemetry(deviceId)),
  },
  {
    name: 'AMQP PLAIN',
    admits: 'attached',
    present: (attempt, deviceId, token) => {
      const user = `${deviceId}@sas.${attempt.stage.cast.host.split('.')[0]}`;
      return byPlain(attempt, user, token, telemetry(deviceId));
    },
  },
  {
    name: 'HTTPS',
    admits: '204',
    present: (attempt, deviceId, token) =>
      byHttp(attempt, token, { method: 'POST', path: `/devices/${deviceId}/messages/events?${VERSION}`, body: 'x' }),
  },
];

/** For tokens of policies. */
export const SERVICE_PRESENTERS: readonly Presenter[] = [
  {
    name: 'REST',
    admits: '200',
    present: (attempt, deviceId, token) =>
      byHttp(atService(attempt), token, { method: 'GET', path: `/devices/${deviceId}?${VERSION}` }),
  },
  {
    name: 'service AMQP CBS',
    admits: 'attached',
    present: (attempt, _, token) => byCbs(atService(attempt), token, TO_DEVICES),
  },
  {
    name: 'service AMQP PLAIN',
    admits: 'attached',
    present: (attempt, _, token) => byPlain(atService(attempt), 'iothubowner@sas.root.hub', token, TO_DEVICES),
  },
];
