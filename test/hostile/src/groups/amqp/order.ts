import { frame, HEADER } from '@mooring/test-wire/amqp';
import { BEFORE, type Fault } from './frame-faults.js';
import { OTHER_SASL_FRAMES, PERFORMATIVES, type State } from './performatives.js';

/** Which performatives may be sent in a state, and be answered with no more than their link's end. */
const LAWFUL: Readonly<Record<State, readonly string[]>> = {
  header: ['open'],
  opened: ['begin', 'close'],
  begun: ['attach', 'flow', 'disposition', 'end', 'close'],
  attached: ['flow', 'transfer', 'disposition', 'detach', 'end', 'close'],
  sasl: ['sasl-init'],
};
const STATES = Object.keys(LAWFUL) as readonly State[];

/** Every performative in every state in which it must not be sent. */
export function orderFaults(): readonly Fault[] {
  return [
    ...STATES.flatMap((state) =>
      PERFORMATIVES.filter(({ name }) => !LAWFUL[state].includes(name)).map(({ name, code, fields, state: own }) => ({
        what: `${name} where the conversation is ${state}`,
        frames: [
          ...BEFORE[state],
          frame(
            code,
            fields.map(({ value }) => value),
            { type: own === 'sasl' ? 1 : 0 },
          ),
        ],
      })),
    ),
    ...OTHER_SASL_FRAMES.flatMap(([name, code, fields]) => [
      { what: `${name} from a client`, frames: [HEADER.sasl, frame(code, fields, { type: 1 })] },
      { what: `${name} where AMQP is spoken`, frames: [...BEFORE.opened, frame(code, fields, { type: 1 })] },
    ]),
  ];
}

/** What a conversation must not begin with. */
export const HEADERS: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['another version', Buffer.from('AMQP\0\0\x09\x01', 'latin1')],
  ['version 2', Buffer.from('AMQP\0\x02\0\0', 'latin1')],
  ['a revision that there is none of', Buffer.from('AMQP\0\x01\0\x09', 'latin1')],
  ['the header for TLS', Buffer.from('AMQP\x02\x01\0\0', 'latin1')],
  ['an unknown protocol id', Buffer.from('AMQP\x07\x01\0\0', 'latin1')],
  ['its name in other letters', Buffer.from('amqp\0\x01\0\0', 'latin1')],
  ['half of a header, then nothing like it', Buffer.from('AMQP\xff\xff\xff\xff', 'latin1')],
];
