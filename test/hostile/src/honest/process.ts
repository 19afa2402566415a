/** The honest devices: a process of their own, so that what the attackers' process does is not taken for the hub's slowness. */
import { AmqpSender } from './amqp-sender.js';
import { HttpsSender } from './https-sender.js';
import { Latencies } from './latencies.js';
import { type HonestAnswer, type HonestFigures, type HonestStart, PROTOCOLS, type Protocol } from './messages.js';
import { MqttSender } from './mqtt-sender.js';
import type { Sender, SenderOptions } from './sender.js';

const TICK_MS = 10;
const CONNECT: Readonly<Record<Protocol, (options: SenderOptions) => Promise<Sender>>> = {
  mqtt: (options) => MqttSender.connect(options),
  amqp: (options) => AmqpSender.connect(options),
  https: async (options) => new HttpsSender(options),
};

const latencies: Readonly<Record<Protocol, Latencies>> = {
  mqtt: new Latencies(),
  amqp: new Latencies(),
  https: new Latencies(),
};
let harms: string[] = [];

async function start({ host, ca, logins, perSecond }: HonestStart): Promise<void> {
  for (const protocol of PROTOCOLS) {
    for (const login of logins[protocol]) {
      const harmed = (what: string): void => {
        harms.push(`${protocol} ${what}`);
      };
      const sender = await CONNECT[protocol]({ host, ca, ...login, harmed });
      pace(perSecond, (dueAt) => sender.send(() => latencies[protocol].add(performance.now() - dueAt)));
    }
  }
}

/** At a fixed rate, whatever becomes of it; latency counts from when a message was due. */
function pace(perSecond: number, act: (dueAt: number) => void): void {
  const everyMs = 1000 / perSecond;
  let due = performance.now() + Math.random() * everyMs;
  setInterval(() => {
    for (; due <= performance.now(); due += everyMs) {
      act(due);
    }
  }, TICK_MS);
}

function figures(): HonestFigures {
  const harmed = harms;
  harms = [];
  return {
    protocols: { mqtt: latencies.mqtt.take(), amqp: latencies.amqp.take(), https: latencies.https.take() },
    harmed,
  };
}

const answer = (message: HonestAnswer): void => {
  process.send?.(message);
};

process.on('message', (message: HonestStart | 'figures') => {
  if (message === 'figures') {
    answer({ figures: figures() });
  } else {
    start(message).then(
      () => answer({ ready: true }),
      (error: unknown) => answer({ error: error instanceof Error ? error.message : JSON.stringify(error) }),
    );
  }
});
process.on('disconnect', () => process.exit());
