import { Agent, request } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { PORT, RawConnection } from '@mooring/test-wire';
import { connectPacket } from '@mooring/test-wire/mqtt';
import { token } from '../../harness/cast.js';
import type { Group, Stage } from '../../stage.js';
import { refused } from '../../trials/trial.js';
import { AmqpIntruder } from '../../wire/amqp-login.js';
import { admitted, connectOutcome } from '../../wire/mqtt-exchange.js';
import { Pacer } from './pacer.js';

/** Bad logins a second; each over MQTT needs a handshake of its own, the others share connections as an attacker would. */
const RATES = { mqtt: 100, cbs: 450, https: 450 } as const;
const CONNECTIONS = 8;
const HONEST_PER_SECOND = 5;
/** Beyond so many that wait for their answer, the attacker is what is slow. */
const MAX_WAITING = 500;

/** Keys are guessed: none is right. */
function guess({ cast, random }: Stage, deviceId: string): string {
  const key = Buffer.from(Array.from({ length: 32 }, () => random.below(256))).toString('base64');
  return token({ resource: `${cast.host}/devices/${deviceId}`, key });
}

type Login = (guessed: string) => Promise<string | undefined>;

/** @returns a way to log in over each protocol, which resolves with how it was refused, or undefined if it was not */
async function ways(
  stage: Stage,
): Promise<{ readonly logins: Readonly<Record<keyof typeof RATES, Login>>; close(): void }> {
  const { target, cast } = stage;
  const intruders = await Promise.all(Array.from({ length: CONNECTIONS }, () => AmqpIntruder.anonymous({ stage })));
  const turns = intruders.map(() => Promise.resolve<unknown>(undefined));
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: target.ca });
  let turn = 0;
  return {
    logins: {
      mqtt: async (password) => {
        const connection = await RawConnection.secure(target, PORT.mqtts);
        connection.send(connectPacket({ clientId: 'victim', userName: `${cast.host}/victim/`, password }));
        const outcome = await connectOutcome(connection);
        return outcome.refused ? outcome.how : undefined;
      },
      cbs: (guessed) => {
        const at = turn++ % CONNECTIONS;
        const status = (turns[at] ?? Promise.resolve()).then(() => intruders[at]?.put(cast.host, guessed));
        turns[at] = status;
        return status.then((code) => (code === 200 ? undefined : `CBS ${code}`));
      },
      https: (authorization) =>
        new Promise((resolve, reject) => {
          const path = '/devices/victim/messages/events?api-version=2021-04-12';
          const asked = request(
            { agent, host: target.host, path, method: 'POST', headers: { authorization } },
            (answer) => {
              answer.resume();
              const { statusCode = 0 } = answer;
              resolve(statusCode >= 400 ? String(statusCode) : undefined);
            },
          );
          asked.on('error', reject);
          asked.end('x');
        }),
    },
    close: () => {
      agent.destroy();
      for (const intruder of intruders) {
        intruder.close();
      }
    },
  };
}

async function attack(stage: Stage): Promise<void> {
  const { findings, cast } = stage;
  const { logins, close } = await ways(stage);
  const waiting = new Set<Promise<void>>();
  const honestMs: number[] = [];
  const begin = (what: string, login: () => Promise<void>): void => {
    const done = login()
      .catch((error: unknown) => findings.hang(what, error))
      .finally(() => waiting.delete(done));
    waiting.add(done);
  };
  const pacers = Object.entries(RATES).map(([way, rate]) =>
    Pacer.start(rate, () => {
      if (waiting.size < MAX_WAITING) {
        begin(way, async () => {
          const how = await logins[way as keyof typeof RATES](guess(stage, 'victim'));
          findings.judge(
            { what: `${way} with a guessed key` },
            how === undefined ? { how: 'admitted', refused: false } : refused(how),
          );
        });
      }
    }),
  );
  let turn = 0;
  const honest = Pacer.start(HONEST_PER_SECOND, () => {
    const attacker = cast.attackers[turn++ % cast.attackers.length];
    if (attacker !== undefined) {
      const start = performance.now();
      begin('a genuine login', async () => {
        const connection = await admitted({ stage, attacker });
        honestMs.push(performance.now() - start);
        connection.close();
      });
    }
  });
  const start = performance.now();
  await pause(stage.seconds * 1_000);
  const seconds = (performance.now() - start) / 1_000;
  for (const pacer of [...pacers, honest]) {
    pacer.stop();
  }
  const triedInTime = findings.tried;
  await Promise.all(waiting);
  close();
  const sorted = honestMs.sort((a, b) => a - b);
  findings.notes.push(
    `${Math.round(triedInTime / seconds)} bad logins a second; ${sorted.length} genuine ones beside them, ` +
      `p50 ${Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0)} ms, slowest ${Math.round(sorted.at(-1) ?? 0)} ms`,
  );
}

export const BRUTE: Group = {
  name: 'brute',
  tries: 'a thousand logins a second with guessed keys over MQTT, AMQP CBS and HTTPS, with genuine logins going on',
  attack,
};
