import { describe, expect, it } from '@jest/globals';
import { RawDevice } from '../../support/raw-device.js';
import { RudeDevice } from '../../support/rude-device.js';
import type { Attacked } from './attacks.js';

const LONG = 'r'.repeat(257);

/** What a device may not publish to: its connection is closed. */
const CLOSING: readonly (readonly [what: string, topic: string | Buffer])[] = [
  ['a twin GET without parameters', '$iothub/twin/GET/'],
  ['a twin GET without a request id', '$iothub/twin/GET/?$version=1'],
  ['a twin GET with an empty request id', '$iothub/twin/GET/?$rid='],
  ['a twin GET with a request id above its limit', `$iothub/twin/GET/?$rid=${LONG}`],
  ['a twin GET whose question mark is escaped', '$iothub/twin/GET/%3f$rid=1'],
  ['a twin GET whose dollar sign is escaped', '%24iothub/twin/GET/?$rid=1'],
  ['a twin GET whose request id is named with an escape', '$iothub/twin/GET/?%24rid=1'],
  ['a twin GET with other levels', '$iothub/twin/GET/honest/?$rid=1'],
  ['a twin GET in other letters', '$iothub/twin/get/?$rid=1'],
  ['a twin GET in capitals', '$IOTHUB/twin/GET/?$rid=1'],
  ['a twin GET with a wildcard', '$iothub/twin/GET/?$rid=+'],
  ['a twin GET with NUL', '$iothub/twin/GET/?$rid=\0'],
  ['a twin GET that is not UTF-8', Buffer.concat([Buffer.from('$iothub/twin/GET/?$rid='), Buffer.from([0xff])])],
  ['a twin GET of another device', 'devices/listener/twin/GET/?$rid=1'],
  ['a report for another device', '$iothub/twin/PATCH/properties/reported/listener/?$rid=1'],
  ['a report without a request id', '$iothub/twin/PATCH/properties/reported/?$version=1'],
  ['a report with a version that is none', '$iothub/twin/PATCH/properties/reported/?$rid=1&$version=x'],
  ['a report with a version below zero', '$iothub/twin/PATCH/properties/reported/?$rid=1&$version=-1'],
  ['a report with a version of 30 digits', `$iothub/twin/PATCH/properties/reported/?$rid=1&$version=${'9'.repeat(30)}`],
  ['a report by PUT', '$iothub/twin/PUT/properties/reported/?$rid=1'],
  ['desired properties', '$iothub/twin/PATCH/properties/desired/?$rid=1'],
  ['desired properties as the hub sends them', '$iothub/twin/PATCH/properties/desired/?$version=2'],
  ['tags', '$iothub/twin/PATCH/tags/?$rid=1'],
  ['an answer of the hub', '$iothub/twin/res/200/?$rid=1'],
  ['a method call', '$iothub/methods/POST/echo/?$rid=1'],
  ["another device's messages", 'devices/listener/messages/devicebound/'],
  ['its own messages', 'devices/crude/messages/devicebound/'],
  ['an answer to a method without a status', '$iothub/methods/res/?$rid=1'],
  ['an answer to a method with an empty status', '$iothub/methods/res//?$rid=1'],
  ['an answer to a method with a status that is none', '$iothub/methods/res/ok/?$rid=1'],
  ['an answer to a method with a fraction as status', '$iothub/methods/res/2.5/?$rid=1'],
  ['an answer to a method with a status beyond 32 bits', '$iothub/methods/res/2147483648/?$rid=1'],
  ['an answer to a method with a status in hexadecimal', '$iothub/methods/res/0xc8/?$rid=1'],
  ['an answer to a method without a request id', '$iothub/methods/res/200/?'],
  ['an answer to a method with a request id above its limit', `$iothub/methods/res/200/?$rid=${LONG}`],
];

/** Request ids that are odd, and come back as they are. */
const ODD_REQUEST_IDS = [
  '%zz',
  '%',
  '%00',
  '%26',
  'a=b',
  'a/b',
  '?',
  ' ',
  "'",
  'r'.repeat(256),
  'ключ',
  '__proto__',
  `1&${'x=1&'.repeat(15_000)}`,
];

const REFUSED_FILTERS = [
  'devices/listener/messages/devicebound/#',
  'devices/crude/modules/m/messages/devicebound/#',
  'devices/victim/modules/m/#',
  '$iothub/#',
  '$iothub/+/res/#',
  '$iothub/twin/#',
  '$iothub/twin/res/200/#',
  '$iothub/twin/PATCH/properties/#',
  '$iothub/twin/PATCH/properties/reported/#',
  '$iothub/twin/GET/#',
  '$iothub/methods/#',
  '$iothub/methods/res/#',
  '$iothub/methods/POST/echo/#',
  '$IOTHUB/twin/res/#',
];

/** What is wrong with the topics of operations. */
export function topicAttacks(attacked: () => Attacked): void {
  const crude = () => ({ deviceId: 'crude', key: attacked().rudeKeys.crude });
  const connect = () => RawDevice.connect(attacked().siege.hub, crude());

  describe('closes the connection of a device that publishes to', () => {
    it.each(CLOSING)('%s', async (_, topic) => {
      const device = await connect();
      await device.receive('connack');
      device.send({ cmd: 'publish', topic: topic as string, payload: '{}', qos: 0, dup: false, retain: false });
      await device.untilClosed();
      expect(device.received.map(({ cmd }) => cmd)).toEqual(['connack']);
    });
  });

  it.each(ODD_REQUEST_IDS)('gives the request id %j back as it is', async (rid) => {
    const device = await connect();
    device.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '$iothub/twin/res/#', qos: 0 }] });
    await device.receive('suback');
    const topic = `$iothub/twin/GET/?$rid=${rid}&$rid=other`;
    device.send({ cmd: 'publish', topic, payload: '', qos: 0, dup: false, retain: false });
    expect((await device.receive('publish')).topic).toBe(`$iothub/twin/res/200/?$rid=${rid.split('&')[0]}`);
    device.close();
  });

  it('subscribes a device to nothing that is not its own', async () => {
    const device = await connect();
    const subscriptions = REFUSED_FILTERS.map((topic) => ({ topic, qos: 1 as const }));
    device.send({ cmd: 'subscribe', messageId: 1, subscriptions });
    const { granted } = await device.receive('suback');
    expect(granted).toEqual(REFUSED_FILTERS.map(() => 0x80));
    device.close();
  });

  it('ignores acknowledgements of what it has not sent, and of what was acknowledged', async () => {
    const { rudeKeys, siege } = attacked();
    const device = await RudeDevice.connect(siege.hub, 'crude', rudeKeys.crude);
    for (let id = 1; id <= 0xffff; id += 13) {
      device.acknowledge(id);
    }
    expect(await device.ask('$iothub/twin/GET/?$rid=', '')).toMatchObject({ status: 200 });
    device.close();
  });
}
