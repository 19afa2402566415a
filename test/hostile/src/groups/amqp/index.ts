import { garbage, PORT, RawConnection } from '@mooring/test-wire';
import { frameAround, HEADER } from '@mooring/test-wire/amqp';
import type { Group, Stage } from '../../stage.js';
import { runTrials, sample } from '../../trials/run-trials.js';
import { type Attempt, type Outcome, refused, type Trial } from '../../trials/trial.js';
import { exchange } from '../../wire/amqp-exchange.js';
import { abuses } from './abuses.js';
import { BEFORE, fieldFaults, frameFaults } from './frame-faults.js';
import { HEADERS, orderFaults } from './order.js';
import { PERFORMATIVES } from './performatives.js';
import { ATTACKS, ODDITIES } from './rows.js';

const QUICK_FAULTS = 160;
const RANDOM = { quick: 10, full: 200 };
const GARBAGE_BYTES = 500;

const sent = (what: string, frames: readonly Buffer[], right?: Trial['right']): Trial => ({
  what,
  ...(right && { right }),
  run: (attempt) => exchange(attempt, frames),
});

/** A header that the hub does not speak is answered with its own, and the end. */
async function header({ stage }: Attempt, bytes: Buffer): Promise<Outcome> {
  const connection = await RawConnection.secure(stage.target, PORT.amqps);
  connection.send(bytes);
  await connection.untilClosed();
  return refused('closed');
}

function random({ random: source, quick }: Stage): readonly Trial[] {
  return Array.from({ length: quick ? RANDOM.quick : RANDOM.full }, (_, turn) => {
    const seed = source.below(2 ** 31) + 1;
    const body = garbage(seed, GARBAGE_BYTES);
    const frames = turn % 2 === 0 ? [...BEFORE.opened, frameAround(body)] : [HEADER.amqp, body];
    return sent(`random bytes (${seed}, ${turn % 2})`, frames);
  });
}

export const AMQP: Group = {
  name: 'amqp',
  tries:
    'each performative × each field × each fault, frames, order, SASL, CBS, credit, thousands of sessions and links',
  attack: (stage) => {
    const faults = PERFORMATIVES.flatMap((each) => [...fieldFaults(each), ...frameFaults(each)]);
    return runTrials(stage, [
      ...HEADERS.map(([what, bytes]) => ({ what, run: (attempt: Attempt) => header(attempt, bytes) })),
      ...(stage.quick ? sample(faults, QUICK_FAULTS) : faults).map(({ what, frames }) => sent(what, frames)),
      ...orderFaults().map(({ what, frames }) => sent(what, frames)),
      ...ATTACKS.map(([what, frames]) => sent(what, frames)),
      ...ODDITIES.map(([what, frames]) => sent(what, frames, 'anything')),
      ...abuses(),
      ...random(stage),
    ]);
  },
};
