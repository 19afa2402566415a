import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { amqpTypes } from '../engine/typed-values.js';
import type { ViolationReason } from '../errors/protocol-violation.js';
import { PERFORMATIVE } from '../frames/performative.js';
import type { IncomingDelivery } from '../links/incoming-delivery.js';
import type { LinkHandler } from '../links/link-handler.js';
import { attachSender, FRAMES, RawPeer, rawBytes, rawFrame, terminus, transferFrame } from '../testing/raw-peer.js';
import { TestServer } from '../testing/test-server.js';

const { wrap_uint: uint, wrap_ushort: ushort } = amqpTypes;
const OPENED = [FRAMES.header, FRAMES.open];
const BEGUN = [...OPENED, FRAMES.begin];

let takeDelivery: (delivery: IncomingDelivery) => void = (delivery) => delivery.accept();
const handler: LinkHandler = {
  matches: () => true,
  attach: async () => ({
    kind: 'target',
    credit: 10,
    maxMessageBytes: 10_000,
    opened: () => undefined,
    received: (delivery) => takeDelivery(delivery),
    closed: () => undefined,
  }),
};

/** A described list whose header says what it likes. */
function lying(descriptor: number, list: readonly number[]): Buffer {
  return rawBytes(Buffer.from([0, 0x53, descriptor, ...list]));
}

/** An open whose container has a name of more than a kilobyte. */
const longName = () => {
  const name = Buffer.from('x'.repeat(1_025));
  return lying(0x10, [0xd0, ...four(name.length + 9), ...four(1), 0xb1, ...four(name.length), ...name]);
};

const four = (value: number) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

const attacks: readonly (readonly [string, ViolationReason, readonly Buffer[]])[] = [
  ['another protocol', 'protocol-header', [Buffer.from('GET / HTTP/1.1\r\n\r\n')]],
  ['another version', 'protocol-header', [Buffer.from('AMQP\x00\x00\x09\x01', 'latin1')]],
  ['a frame of 4 GB', 'frame', [FRAMES.header, Buffer.from([0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0])]],
  ['a frame smaller than its header', 'frame', [FRAMES.header, Buffer.from([0, 0, 0, 7, 2, 0, 0, 0])]],
  ['a data offset inside the header', 'frame', [FRAMES.header, Buffer.from([0, 0, 0, 8, 1, 0, 0, 0])]],
  ['a data offset beyond the frame', 'frame', [FRAMES.header, Buffer.from([0, 0, 0, 8, 3, 0, 0, 0])]],
  ['a SASL frame where AMQP is spoken', 'frame', [FRAMES.header, rawBytes(Buffer.alloc(0), 0, 1)]],
  ['a frame of an unknown type', 'frame', [FRAMES.header, rawBytes(Buffer.alloc(0), 0, 9)]],
  [
    'array32 of four billion nulls',
    'structure',
    [...OPENED, lying(0x10, [0xf0, ...four(5), ...four(2 ** 32 - 1), 0x40])],
  ],
  [
    'a list32 with a count of 30 million',
    'structure',
    [...OPENED, lying(0x11, [0xd0, ...four(4), ...four(30_000_000)])],
  ],
  [
    'a nested list32 with a count of 30 million',
    'structure',
    [...OPENED, lying(0x11, [0xd0, ...four(13), ...four(1), 0xd0, ...four(4), ...four(30_000_000)])],
  ],
  ['lists nested 100 deep', 'structure', [...OPENED, lying(0x11, nested(100))]],
  ['a map with a key but no value', 'structure', [...OPENED, lying(0x11, [0xc0, 5, 1, 0xc1, 2, 1, 0x40])]],
  ['a text above its limit', 'limit', [FRAMES.header, longName()]],
  ['a text that is no UTF-8', 'field', [FRAMES.header, lying(0x10, [0xc0, 5, 1, 0xa1, 2, 0xc3, 0x28])]],
  ['a value of an unknown type', 'structure', [...OPENED, lying(0x11, [0xc0, 2, 1, 0x3f])]],
  ['a descriptor that every object has', 'structure', [...OPENED, symbolic('toString')]],
  ['a descriptor of eight bytes that every object has', 'structure', [...OPENED, ulongDescriptor('toString')]],
  ['an unknown performative', 'field', [...OPENED, rawFrame(0x30, [])]],
  ['a field of another type', 'field', [...OPENED, rawFrame(PERFORMATIVE.begin, [null, 'x', uint(1), uint(1)])]],
  ['a mandatory field that is missing', 'field', [...OPENED, rawFrame(PERFORMATIVE.begin, [null, uint(1)])]],
  ['too many fields', 'field', [...OPENED, rawFrame(PERFORMATIVE.end, [null, null])]],
  ['a max-frame-size below 512', 'field', [FRAMES.header, rawFrame(PERFORMATIVE.open, ['c', 'h', uint(20)])]],
  ['begin before open', 'connection-state', [FRAMES.header, FRAMES.begin]],
  ['open twice', 'connection-state', [...OPENED, FRAMES.open]],
  ['a frame of a session that has not begun', 'session', [...OPENED, FRAMES.attach]],
  ['begin twice', 'session', [...BEGUN, FRAMES.begin]],
  [
    'an answer to no begin of ours',
    'session',
    [...OPENED, rawFrame(PERFORMATIVE.begin, [ushort(3), uint(1), uint(1), uint(1)])],
  ],
  [
    'a channel beyond channel-max',
    'limit',
    [...OPENED, rawFrame(0x11, [null, uint(0), uint(1), uint(1)], { channel: 60_000 })],
  ],
  ['a handle beyond handle-max', 'limit', [...BEGUN, attachSender('far', 5_000)]],
  ['more links than are allowed', 'limit', [...BEGUN, ...Array.from({ length: 9 }, (_, n) => attachSender(`${n}`, n))]],
  ['a link name that every object has', 'link', [...BEGUN, attachSender('__proto__', 0)]],
  ['a handle that is in use', 'link', [...BEGUN, FRAMES.attach, attachSender('other', 0)]],
  ['a link name that is in use', 'link', [...BEGUN, FRAMES.attach, attachSender('sender', 1)]],
  ['a transaction coordinator', 'link', [...BEGUN, coordinator()]],
  ['a transfer without a link', 'link', [...BEGUN, FRAMES.transfer]],
  ['a detach without a link', 'link', [...BEGUN, FRAMES.detach]],
  [
    'a disposition that ends before it begins',
    'disposition',
    [...BEGUN, rawFrame(0x15, [true, uint(5), uint(4), true])],
  ],
];

const transfers: readonly (readonly [string, ViolationReason, readonly Buffer[]])[] = [
  ['a transfer without delivery-id', 'transfer', [transferFrame({})]],
  ['a delivery inside another', 'transfer', [transferFrame({ id: 0, more: true }), transferFrame({ id: 1 })]],
  [
    'endless more=true',
    'limit',
    Array.from({ length: 30 }, (_, id) =>
      transferFrame({ id: 0, more: true, payload: Buffer.alloc(id === 0 ? 0 : 1) }),
    ),
  ],
  ['more transfers than there is credit', 'transfer', Array.from({ length: 11 }, (_, id) => transferFrame({ id }))],
];

describe('the inbound guard', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({
      handlers: [handler],
      limits: { maxSessions: 10, maxLinks: 8, maxIncompleteBytes: 3_000, closeTimeoutMs: 50 },
    });
  });
  afterAll(() => server.stop());

  async function expectViolation(reason: ViolationReason, act: (peer: RawPeer) => Promise<void> | void): Promise<void> {
    const before = await server.count('mooring_amqp_violations_total', { reason });
    const peer = await RawPeer.connect(server.port);
    await act(peer);
    await peer.closed();
    expect(await server.count('mooring_amqp_violations_total', { reason })).toBe(before + 1);
  }

  it.each(attacks)('closes the connection after %s (%s)', async (_, reason, frames) => {
    await expectViolation(reason, (peer) => peer.send(...frames));
  });

  it.each(transfers)('closes the connection after %s (%s)', async (_, reason, frames) => {
    takeDelivery = () => undefined;
    await expectViolation(reason, async (peer) => {
      peer.send(...BEGUN, FRAMES.attach);
      await peer.frame(PERFORMATIVE.flow);
      peer.send(...frames);
    });
  });

  it('says why in a close that Python can read: one field, and an error with info', async () => {
    const peer = await RawPeer.connect(server.port);
    peer.send(...OPENED);
    await peer.frame(PERFORMATIVE.open);
    peer.send(rawFrame(0x30, []));
    const close = (await peer.frame(PERFORMATIVE.close)).toString('latin1');
    expect(close).toContain('amqp:not-implemented');
    expect(close).toContain('com.microsoft:tracking-id');
  });

  it('ignores what comes on a session after its end, and lets it begin anew', async () => {
    const peer = await RawPeer.connect(server.port);
    peer.send(...BEGUN, FRAMES.attach, FRAMES.end, FRAMES.detach, FRAMES.end, FRAMES.begin, FRAMES.attach);
    await peer.frame(PERFORMATIVE.end);
    await peer.frame(PERFORMATIVE.begin, 2);
    await peer.frame(PERFORMATIVE.attach);
    peer.socket.destroy();
  });

  it('answers a detach and an attach of the same name and handle in one write', async () => {
    const peer = await RawPeer.connect(server.port);
    peer.send(...BEGUN, FRAMES.attach);
    await peer.frame(PERFORMATIVE.attach);
    peer.send(FRAMES.detach, FRAMES.attach);
    await peer.frame(PERFORMATIVE.detach);
    await peer.frame(PERFORMATIVE.attach, 2);
    peer.send(FRAMES.detach);
    await peer.frame(PERFORMATIVE.detach, 2);
    peer.socket.destroy();
  });

  it('forgets a delivery that is aborted', async () => {
    const taken = new Promise<IncomingDelivery>((resolve) => {
      takeDelivery = resolve;
    });
    const peer = await RawPeer.connect(server.port);
    peer.send(...BEGUN, FRAMES.attach);
    await peer.frame(PERFORMATIVE.flow);
    peer.send(transferFrame({ id: 0, more: true }), transferFrame({ aborted: true }), transferFrame({ id: 1 }));
    expect((await taken).id).toBe(1);
    peer.socket.destroy();
  });

  it('clamps an idle-time-out beyond what timers hold, and a frame size beyond its own', async () => {
    const peer = await RawPeer.connect(server.port);
    peer.send(FRAMES.header, rawFrame(PERFORMATIVE.open, ['c', 'h', uint(2 ** 32 - 1), null, uint(2 ** 32 - 1)]));
    await peer.frame(PERFORMATIVE.open);
    peer.socket.destroy();
  });
});

function nested(depth: number): number[] {
  let value: number[] = [0x45];
  for (let level = 0; level < depth; level++) {
    value = [0xd0, ...four(value.length + 4), ...four(1), ...value];
  }
  return value;
}

function symbolic(name: string): Buffer {
  return rawBytes(Buffer.concat([Buffer.from([0, 0xa3, name.length]), Buffer.from(name), Buffer.from([0x45])]));
}

function ulongDescriptor(eightBytes: string): Buffer {
  return rawBytes(Buffer.concat([Buffer.from([0, 0x80]), Buffer.from(eightBytes), Buffer.from([0x45])]));
}

function coordinator(): Buffer {
  const target = amqpTypes.described(amqpTypes.wrap_ulong(0x30), amqpTypes.wrap_list([]));
  return rawFrame(PERFORMATIVE.attach, [
    'tx',
    uint(0),
    false,
    null,
    null,
    terminus(0x28, 'x'),
    target,
    null,
    null,
    uint(0),
  ]);
}
