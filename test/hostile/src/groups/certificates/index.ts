import { PORT, RawConnection } from '@mooring/test-wire';
import { connectPacket } from '@mooring/test-wire/mqtt';
import type { Group } from '../../stage.js';
import { runTrials } from '../../trials/run-trials.js';
import type { Attempt, Outcome, Trial } from '../../trials/trial.js';
import { AmqpIntruder } from '../../wire/amqp-login.js';
import { exchangeHttp, requestBytes } from '../../wire/http-exchange.js';
import { connectOutcome } from '../../wire/mqtt-exchange.js';
import { CERTIFICATES, type Shown } from './rows.js';

interface Way {
  readonly name: string;
  readonly admits: string;
  show(attempt: Attempt, deviceId: string, shown: Shown): Promise<Outcome>;
}

const WAYS: readonly Way[] = [
  {
    name: 'MQTT',
    admits: 'CONNACK 0',
    show: async ({ stage: { target, cast } }, deviceId, { certificate, password }) => {
      const connection = await RawConnection.secure(target, PORT.mqtts, certificate);
      connection.send(connectPacket({ clientId: deviceId, userName: `${cast.host}/${deviceId}/`, password }));
      return connectOutcome(connection);
    },
  },
  {
    name: 'AMQP',
    admits: 'attached',
    show: async (attempt, deviceId, { certificate, password }) => {
      const intruder = await AmqpIntruder.anonymous(attempt, certificate);
      if (password !== undefined) {
        await intruder.put(attempt.stage.cast.host, password);
      }
      const outcome = await intruder.attach({ address: `/devices/${deviceId}/messages/events`, role: 'sender' });
      intruder.close();
      return outcome;
    },
  },
  {
    name: 'HTTPS',
    admits: '204',
    show: (attempt, deviceId, { certificate, password }) => {
      const request = {
        method: 'POST',
        path: `/devices/${deviceId}/messages/events?api-version=2021-04-12`,
        headers: password === undefined ? [] : [['Authorization', password] as const],
        body: 'x',
      };
      return exchangeHttp(attempt, requestBytes(attempt.stage.cast.host, request), certificate);
    },
  },
];

/** A token besides a certificate that is genuine: MQTT and HTTPS look at the token alone, AMQP at either. */
const EITHER = 'a token besides its genuine certificate';

/** Genuine certificates are taken: else it would prove nothing that all others are refused. */
function genuine(): readonly Trial[] {
  const shown: readonly (readonly [string, (attempt: Attempt) => Promise<Shown>])[] = [
    ['signed', async ({ stage }) => ({ certificate: await stage.cast.authority.issue('signed') })],
    ['pinned', async ({ stage }) => ({ certificate: stage.cast.pinned })],
  ];
  return WAYS.flatMap(({ name, admits, show }) =>
    shown.map(
      ([deviceId, make]): Trial => ({
        what: `${name} as ${deviceId}: its genuine certificate`,
        right: [admits],
        run: async (attempt) => show(attempt, deviceId, await make(attempt)),
      }),
    ),
  );
}

function wrong(): readonly Trial[] {
  return WAYS.flatMap(({ name, show }) =>
    CERTIFICATES.map(
      ([what, deviceId, make]): Trial => ({
        what: `${name} as ${deviceId}: ${what}`,
        ...(name === 'AMQP' && what === EITHER && { right: 'anything' }),
        run: async (attempt) => {
          const { cast } = attempt.stage;
          const shown = await make(cast);
          cast.secrets.keep(shown.certificate?.key ?? '');
          cast.secrets.keepSignature(shown.password ?? '');
          return show(attempt, deviceId, shown);
        },
      }),
    ),
  );
}

export const CERTIFICATES_GROUP: Group = {
  name: 'certificates',
  tries: 'each wrong certificate × MQTT, AMQP, HTTPS',
  attack: async (stage) => {
    // One after the other: a device that is admitted takes over from itself.
    await runTrials(stage, genuine(), 1);
    await runTrials(stage, wrong());
  },
};
