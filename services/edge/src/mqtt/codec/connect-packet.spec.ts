import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import mqtt, { type Packet } from 'mqtt-packet';
import { ProtocolError } from '../protocol-error.js';
import { readConnect } from './connect-packet.js';

function parse(bytes: Buffer) {
  // Behind the remaining length, which is of one byte or, where the text is long, of two.
  const start = ((bytes[1] ?? 0) & 0x80) === 0 ? 2 : 3;
  return readConnect({ type: 1, flags: (bytes[0] ?? 0) & 15, bytes, start, end: bytes.length });
}

const BASE = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clientId: 'd1', clean: true, keepalive: 30 };
const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((value) => !value.includes('\0'));

describe('readConnect', () => {
  it('reads what another implementation writes', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), fc.option(fc.uint8Array({ maxLength: 20 })), (id, name, clean, body) => {
        const will = body === null ? {} : { will: { topic: 't', payload: Buffer.from(body), qos: 1, retain: true } };
        const packet = {
          ...BASE,
          clientId: `d${id}`,
          username: `u${name}`,
          password: Buffer.from('p'),
          clean,
          ...will,
        };
        expect(parse(mqtt.generate(packet as Packet))).toEqual({
          protocolName: 'MQTT',
          protocolLevel: 4,
          clientId: `d${id}`,
          cleanSession: clean,
          keepAlive: 30,
          will: body === null ? undefined : { topic: 't', payload: Buffer.from(body), qos: 1, retain: true },
          userName: `u${name}`,
          password: Buffer.from('p'),
        });
      }),
    );
  });

  it.each([
    ['reserved bits in its header', (bytes: Buffer) => (bytes[0] = 0x11)],
    ['a reserved flag', (bytes: Buffer) => (bytes[9] = (bytes[9] ?? 0) | 1)],
    ['a password without a user name', (bytes: Buffer) => (bytes[9] = 0x42)],
    ['QoS of no will', (bytes: Buffer) => (bytes[9] = (bytes[9] ?? 0) | 8)],
    ['retain of no will', (bytes: Buffer) => (bytes[9] = (bytes[9] ?? 0) | 0x20)],
    ['a will with QoS 3', (bytes: Buffer) => (bytes[9] = (bytes[9] ?? 0) | 0x1c)],
    ['text that is no UTF-8', (bytes: Buffer) => (bytes[14] = 0xff)],
    ['text with U+0000', (bytes: Buffer) => (bytes[14] = 0)],
    ['a field beyond its end', (bytes: Buffer) => (bytes[13] = 200)],
    ['bytes behind its end', (bytes: Buffer) => (bytes[13] = 1)],
  ])('refuses %s', (_, spoil) => {
    const bytes = mqtt.generate({ ...BASE, username: 'u', password: Buffer.from('p') } as Packet);
    expect(() => parse(bytes)).not.toThrow();
    spoil(bytes);
    expect(() => parse(bytes)).toThrow(ProtocolError);
  });

  it('never throws anything but a ProtocolError, and refuses every cut of a good packet', () => {
    const good = mqtt.generate({ ...BASE, username: 'u', password: Buffer.from('p') } as Packet);
    for (let end = 2; end < good.length; end++) {
      expect(() => parse(good.subarray(0, end))).toThrow(ProtocolError);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.boolean(), (random, begun) => {
        const bytes = Buffer.concat([begun ? good.subarray(0, 9) : good.subarray(0, 2), random]);
        try {
          parse(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
