import { describe, expect, it } from '@jest/globals';
import { c2dqueue } from '@mooring/proto';
import fc from 'fast-check';
import { deviceIdentity } from '../../device-session/device-identity.js';
import { deviceboundTopic } from './devicebound-topic.js';

const D1 = deviceIdentity('d1');
const message = (parts: Partial<c2dqueue.Message> = {}) => c2dqueue.Message.fromPartial(parts);

/** By the rules of the strictest SDKs: from the first `%24` on, each property a key and a value, a plus means a space. */
function decodeStrictly(topic: string): [string, string][] {
  const bag = topic.slice(topic.indexOf('%24'));
  return bag.split('&').map((property) => {
    const [key, value, ...more] = property.split('=');
    if (key === undefined || key === '' || value === undefined || value === '' || more.length > 0) {
      throw new Error(`cannot read ${property}`);
    }
    return [decodeURIComponent(key.replaceAll('+', ' ')), decodeURIComponent(value.replaceAll('+', ' '))];
  });
}

describe('the topic of a message', () => {
  it('holds its receiver, then what is set of its system properties, then the others in their order', () => {
    const full = message({
      messageId: 'm 1',
      correlationId: 'c+1',
      userId: 'u/1',
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      expiryTimeMs: Date.UTC(2026, 0, 2),
      ack: c2dqueue.Ack.FULL,
      properties: [
        { name: 'b', value: '2' },
        { name: 'a', value: '1' },
      ],
    });
    expect(deviceboundTopic(D1, full)).toBe(
      'devices/d1/messages/devicebound/%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound&%24.mid=m%201&%24.cid=c%2B1' +
        '&%24.uid=u%2F1&%24.ct=application%2Fjson&%24.ce=utf-8&%24.exp=2026-01-02T00%3A00%3A00.000Z&iothub-ack=full&b=2&a=1',
    );
  });

  it('of a message without any property has a bag all the same', () => {
    const to = '%24.to=%2Fdevices%2Fd1%2Fmodules%2Fm1%2Fmessages%2FdeviceBound';
    expect(deviceboundTopic(deviceIdentity('d1', 'm1'), message())).toBe(
      `devices/d1/modules/m1/messages/devicebound/${to}`,
    );
  });

  it('says that no feedback is wanted only if the sender did', () => {
    expect(deviceboundTopic(D1, message({ ack: c2dqueue.Ack.NONE }))).toContain('&iothub-ack=none');
    expect(deviceboundTopic(D1, message())).not.toContain('iothub-ack');
  });

  it('leaves out what strict readers stumble over', () => {
    const properties = [
      { name: 'empty', value: '' },
      { name: '', value: 'nameless' },
    ];
    expect(deviceboundTopic(D1, message({ properties }))).toBe(deviceboundTopic(D1, message()));
  });

  it('is read back by the rules of the SDKs, whatever the properties hold', () => {
    const texts = fc.string({ unit: 'binary', minLength: 1 });
    const all = fc.array(fc.record({ name: texts, value: texts }), { maxLength: 5 });
    fc.assert(
      fc.property(all, texts, (properties, messageId) => {
        const topic = deviceboundTopic(D1, message({ properties, messageId }));
        expect(topic).not.toMatch(/[#+\0]/);
        expect(topic.split('/')).toHaveLength(5);
        expect(decodeStrictly(topic)).toEqual([
          ['$.to', '/devices/d1/messages/deviceBound'],
          ['$.mid', messageId.toWellFormed()],
          ...properties.map(({ name, value }) => [name.toWellFormed(), value.toWellFormed()]),
        ]);
      }),
    );
  });
});
