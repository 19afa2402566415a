import { garbage } from '@mooring/test-wire';
import { publishPacket, subscribePacket } from '@mooring/test-wire/mqtt';
import type { Group, Stage } from '../../stage.js';
import { runTrials, sample } from '../../trials/run-trials.js';
import type { Attempt, Trial } from '../../trials/trial.js';
import { afterConnect, inPlaceOfConnect } from '../../wire/mqtt-exchange.js';
import { ANSWERED } from './answered.js';
import { faultsOf, overlongLength, rightPacket } from './packet-faults.js';
import { CONNECT, PACKETS } from './packet-shapes.js';
import { AFTER_CONNECT, IN_PLACE_OF_CONNECT } from './rows.js';
import { BAD_BAGS, BAD_FILTERS, BAD_TOPICS, ODD_BAGS, ofDevice } from './topics.js';

const QUICK_FAULTS = 120;
const RANDOM = { quick: 10, full: 200 };
const GARBAGE_BYTES = 2_000;

type Bytes = (deviceId: string) => Buffer;
const instead = (what: string, bytes: Bytes, right?: readonly string[]): Trial => ({
  what: `in place of CONNECT: ${what}`,
  ...(right && { right }),
  run: (attempt) => inPlaceOfConnect(attempt, bytes(attempt.attacker.deviceId)),
});
const after = (what: string, bytes: Bytes, right?: Trial['right']): Trial => ({
  what,
  ...(right && { right }),
  run: (attempt) => afterConnect(attempt, bytes(attempt.attacker.deviceId)),
});
const CLOSED = ['closed'];

/** Each fault of each field of each packet. */
function faults(): readonly Trial[] {
  const devices = PACKETS.filter(({ sentBy }) => sentBy === 'device');
  return [
    ...faultsOf(CONNECT).map(({ what, bytes }) => instead(what, bytes)),
    ...devices.flatMap(faultsOf).map(({ what, bytes }) => after(what, bytes, CLOSED)),
  ];
}

/** Each packet where it must not be, and those that no device may send. */
function order(): readonly Trial[] {
  return [
    ...PACKETS.map((shape) => instead(`${shape.name} first`, (id) => rightPacket(shape, id), CLOSED)),
    ...PACKETS.filter(({ sentBy }) => sentBy !== 'device').map((shape) =>
      after(`${shape.name} from a device`, (id) => rightPacket(shape, id), CLOSED),
    ),
    ...PACKETS.filter(({ sentBy, name }) => sentBy === 'device' && name !== 'DISCONNECT').map((shape) =>
      after(`${shape.name} whose remaining length is overlong`, (id) => overlongLength(shape, id), 'anything'),
    ),
  ];
}

function topics(): readonly Trial[] {
  const publish = (topic: string) => (id: string) => publishPacket({ topic: ofDevice(topic, id) });
  const own = (bag: string) => publish(`devices/{own}/messages/events/${bag}`);
  return [
    ...BAD_TOPICS.map(([what, topic]) => after(`PUBLISH to ${what}`, publish(topic), CLOSED)),
    ...BAD_BAGS.map(([what, bag]) => after(`a property bag ${what}`, own(bag), CLOSED)),
    ...ODD_BAGS.map(([what, bag]) => after(`a property bag ${what}`, own(bag), 'anything')),
    ...BAD_FILTERS.map(([what, filter]) =>
      after(`SUBSCRIBE to ${what}`, (id) => subscribePacket([[ofDevice(filter, id), 1]]), ['SUBACK 0x80']),
    ),
  ];
}

function rows(): readonly Trial[] {
  const about = ({ stage, attacker }: Attempt) => ({ host: stage.cast.host, deviceId: attacker.deviceId });
  return [
    ...IN_PLACE_OF_CONNECT.map(([what, right, bytes]) => ({
      what: `in place of CONNECT: ${what}`,
      right: [right],
      run: (attempt: Attempt) => inPlaceOfConnect(attempt, bytes(about(attempt))),
    })),
    ...AFTER_CONNECT.map(([what, bytes]) => ({
      what,
      right: CLOSED,
      run: (attempt: Attempt) => afterConnect(attempt, bytes(about(attempt))),
    })),
    ...ANSWERED,
  ];
}

/** Random bytes, and right packets of which one byte is another. */
function random({ random: source, quick }: Stage): readonly Trial[] {
  const count = quick ? RANDOM.quick : RANDOM.full;
  const devices = PACKETS.filter(({ sentBy }) => sentBy === 'device');
  return Array.from({ length: count }, (_, turn) => {
    const seed = source.below(2 ** 31) + 1;
    if (turn % 2 === 0) {
      return instead(`random bytes (${seed})`, () => garbage(seed, GARBAGE_BYTES), CLOSED);
    }
    const shape = source.pick(devices);
    const [place, bits] = [source.next(), source.below(255) + 1];
    const changed = (id: string): Buffer => {
      const bytes = rightPacket(shape, id);
      const at = Math.floor(place * bytes.length);
      bytes.writeUInt8((bytes[at] ?? 0) ^ bits, at);
      // A length that became larger takes in what follows: enough of it, so that none waits for more.
      return Buffer.concat([bytes, Buffer.alloc(130)]);
    };
    return after(`${shape.name} with a byte changed (${place}, ${bits})`, changed, 'anything');
  });
}

export const MQTT: Group = {
  name: 'mqtt',
  tries: 'each packet type × each field × each fault, order, topics, property bags, random bytes',
  attack: (stage) => {
    const structure = stage.quick ? sample(faults(), QUICK_FAULTS) : faults();
    return runTrials(stage, [...structure, ...order(), ...topics(), ...rows(), ...random(stage)]);
  },
};
