import { announcedFrame, garbage, type Upgrade, webSocketFrame } from '@mooring/test-wire';
import { packet, TYPE } from '@mooring/test-wire/mqtt';

/** Requests to open a WebSocket that are refused. */
export const REFUSED_UPGRADES: readonly (readonly [what: string, status: number, request: Upgrade])[] = [
  ['an unknown subprotocol', 400, { subprotocol: 'chat' }],
  ['no subprotocol', 400, { subprotocol: '' }],
  ['a subprotocol that begins like one', 400, { subprotocol: 'mqttx' }],
  ['a subprotocol named like what every object has', 400, { subprotocol: '__proto__' }],
  ['MQTT where only AMQP is spoken', 400, { path: '/$servicebus/websocket' }],
  ['an unknown path', 404, { path: '/websocket' }],
  ['a path of REST', 404, { path: '/devices/victim?api-version=2021-04-12' }],
  ['a path with more behind it', 404, { path: '/$iothub/websocket/x' }],
  ['a path of an absolute URI', 404, { path: 'https://hub/elsewhere' }],
  ['another method', 405, { method: 'POST' }],
  ['no key', 400, { key: '' }],
  ['a key that is none', 400, { key: 'short' }],
];

const PINGREQ = packet(TYPE.pingreq, 0);
/** What is sent in place of a good frame. */
export const FRAMES: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['a text frame', webSocketFrame(0x81, Buffer.from('hello'))],
  ['a frame that is not masked', Buffer.from([0x82, 2, ...PINGREQ])],
  ['a reserved bit', webSocketFrame(0xa2, PINGREQ)],
  ['a compressed frame, which was not agreed on', webSocketFrame(0xc2, PINGREQ)],
  ['a reserved opcode', webSocketFrame(0x83, PINGREQ)],
  ['a continuation of nothing', webSocketFrame(0x80, PINGREQ)],
  ['a message within another', Buffer.concat([webSocketFrame(0x02, PINGREQ), webSocketFrame(0x82, PINGREQ)])],
  ['a ping in pieces', webSocketFrame(0x09, PINGREQ)],
  ['a ping of 126 bytes', webSocketFrame(0x89, Buffer.alloc(126))],
  ['a close with a code that is none', webSocketFrame(0x88, Buffer.from([0, 1]))],
  ['a close of one byte', webSocketFrame(0x88, Buffer.from([3]))],
  ['a frame above its limit', announcedFrame(0x82, 2n ** 21n)],
  ['a frame of 2^63 bytes', announcedFrame(0x82, 2n ** 63n)],
  [
    'a message whose pieces are above its limit',
    Buffer.concat([
      webSocketFrame(0x02, Buffer.alloc(1)),
      ...new Array(40).fill(webSocketFrame(0x00, Buffer.alloc(30_000))),
    ]),
  ],
  ['a reserved packet of MQTT in a good frame', webSocketFrame(0x82, packet(TYPE.reserved15, 0, Buffer.alloc(20)))],
  ['random bytes in a good frame', webSocketFrame(0x82, garbage(7, 20_000))],
  ['random bytes in place of frames', garbage(8, 20_000)],
];
