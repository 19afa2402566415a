import { PORT, RawConnection } from '@mooring/test-wire';
import { connectPacket } from '@mooring/test-wire/mqtt';
import { deviceToken, policyToken, token } from '../../harness/cast.js';
import type { Group, Stage } from '../../stage.js';
import { runTrials } from '../../trials/run-trials.js';
import { type Attempt, atService, type Trial } from '../../trials/trial.js';
import { connectOutcome } from '../../wire/mqtt-exchange.js';
import { DEVICE_PRESENTERS, type Presenter, SERVICE_PRESENTERS, type Token } from './presenters.js';
import { DEVICE_TOKENS, SERVICE_TOKENS } from './rows.js';
import { SPOILT } from './spoilt.js';
import { STRANGERS } from './strangers.js';

interface Shown {
  readonly presenter: Presenter;
  readonly deviceId: string;
  readonly what: string;
  readonly right?: readonly string[];
  readonly make: (attempt: Attempt) => Token;
}

const shown = ({ presenter, deviceId, what, right, make }: Shown): Trial => ({
  what: `${presenter.name} as ${deviceId}: ${what}`,
  ...(right && { right }),
  run: (attempt) => {
    const made = make(attempt);
    attempt.stage.cast.secrets.keepSignature(made?.toString() ?? '');
    return presenter.present(attempt, deviceId, made);
  },
});

const victims = ({ stage: { cast } }: Attempt) =>
  token({ resource: `${cast.host}/devices/victim`, key: cast.keys.victim });
const owners = (attempt: Attempt) => policyToken(atService(attempt).stage.cast, 'iothubowner');

/** Genuine tokens, of the attackers' own, are taken: else it would prove nothing that all others are refused. */
function genuine(): readonly Trial[] {
  const take = ({ name, admits, present }: Presenter, make: (attempt: Attempt) => string): Trial => ({
    what: `${name}: a genuine token`,
    right: [admits],
    run: (attempt) => present(attempt, attempt.attacker.deviceId, make(attempt)),
  });
  return [
    ...DEVICE_PRESENTERS.flatMap((presenter) => [
      take(presenter, ({ stage, attacker }) => deviceToken(stage.cast, attacker)),
      take(presenter, ({ stage: { cast } }) => policyToken(cast, 'device')),
    ]),
    ...SERVICE_PRESENTERS.map((presenter) => take(presenter, owners)),
  ];
}

function wrong(): readonly Trial[] {
  return [
    ...DEVICE_PRESENTERS.flatMap((presenter) => [
      ...SPOILT.map(([what, spoil]) =>
        shown({ presenter, deviceId: 'victim', what, make: (attempt) => spoil(victims(attempt)) }),
      ),
      ...DEVICE_TOKENS.map(([deviceId, what, make]) =>
        shown({ presenter, deviceId, what, make: ({ stage }) => make(stage.cast) }),
      ),
    ]),
    ...SERVICE_PRESENTERS.flatMap((presenter) => [
      ...SPOILT.map(([what, spoil]) =>
        shown({ presenter, deviceId: 'victim', what, make: (attempt) => spoil(owners(attempt)) }),
      ),
      ...SERVICE_TOKENS.map(([what, make]) =>
        shown({ presenter, deviceId: 'victim', what, make: (attempt) => make(atService(attempt).stage.cast) }),
      ),
    ]),
  ];
}

function strangers(): readonly Trial[] {
  return STRANGERS.map(([what, connect, right]) => ({
    what: `MQTT: ${what}`,
    right: [right],
    run: async ({ stage: { target, cast } }) => {
      const connection = await RawConnection.secure(target, PORT.mqtts);
      const intrusion = connect(cast);
      cast.secrets.keepSignature(intrusion.password?.toString() ?? '');
      connection.send(connectPacket(intrusion));
      return connectOutcome(connection);
    },
  }));
}

export const TOKENS: Group = {
  name: 'tokens',
  tries: 'each wrong token × MQTT, AMQP CBS, AMQP PLAIN, HTTPS, REST, service AMQP; client ids and user names',
  attack: (stage: Stage) => runTrials(stage, [...genuine(), ...wrong(), ...strangers()]),
};
