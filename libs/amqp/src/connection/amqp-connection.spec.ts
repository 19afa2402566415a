import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import rhea from 'rhea';
import { amqpTypes } from '../engine/typed-values.js';
import { PERFORMATIVE } from '../frames/performative.js';
import { protocolHeader } from '../frames/protocol-header.js';
import type { IncomingDelivery } from '../links/incoming-delivery.js';
import type { LinkHandler } from '../links/link-handler.js';
import type { OutgoingLink } from '../links/outgoing-link.js';
import { FRAMES, RawPeer, rawFrame, terminus, transferFrame } from '../testing/raw-peer.js';
import { encodeInit } from '../testing/sasl-client.js';
import { TestServer } from '../testing/test-server.js';

const { wrap_uint: uint } = amqpTypes;

describe('an AMQP connection', () => {
  const clock = new ManualClock();
  let server: TestServer;

  afterEach(() => server.stop());

  it('is closed when it is not opened in time', async () => {
    server = await TestServer.start({ clock });
    const peer = await RawPeer.connect(server.port);
    peer.send(FRAMES.header);
    await new Promise((resolve) => peer.socket.once('data', resolve));
    clock.advance(30_000);
    await peer.closed();
  });

  it('answers SASL, header and open that come in one write', async () => {
    server = await TestServer.start({ clock });
    for (const mechanism of ['ANONYMOUS', 'MSSBCBS', 'EXTERNAL']) {
      const peer = await RawPeer.connect(server.port);
      peer.send(protocolHeader('sasl'), encodeInit(mechanism, Buffer.alloc(0)), FRAMES.header, FRAMES.open);
      await peer.frame(PERFORMATIVE.open);
      peer.socket.destroy();
    }
  });

  it.each([
    ['an unknown mechanism', encodeInit('GSSAPI', Buffer.alloc(0))],
    ['a PLAIN response without password', encodeInit('PLAIN', Buffer.from('\0user'))],
    ['a PLAIN response without end', encodeInit('PLAIN', Buffer.alloc(3))],
    ['no init', rawFrame(0x43, [Buffer.alloc(0)])],
  ])('is closed after a failed SASL exchange: %s', async (_, init) => {
    server = await TestServer.start({ clock });
    const peer = await RawPeer.connect(server.port);
    peer.send(protocolHeader('sasl'), init);
    await peer.closed();
  });

  it('writes all fields of what it answers, as Python reads them by position', async () => {
    server = await TestServer.start({ clock, handlers: [source(() => undefined)] });
    const peer = await RawPeer.connect(server.port);
    peer.send(FRAMES.header, FRAMES.open, FRAMES.begin, attachReceiver());
    await peer.frame(PERFORMATIVE.attach);
    peer.send(rawFrame(PERFORMATIVE.flow, flow({ credit: 1, echo: true })), FRAMES.detach, FRAMES.end, FRAMES.close);
    await peer.frame(PERFORMATIVE.close);
    const counts = new Map(peer.frames().map(({ descriptor, bytes }) => [descriptor, fieldCount(bytes)]));
    expect(Object.fromEntries(counts)).toEqual({ 16: 10, 17: 8, 18: 14, 19: 11, 22: 3, 23: 1, 24: 1 });
    await peer.closed();
  });

  it('attaches links that leave out the end of the peer, as Proton does', async () => {
    server = await TestServer.start({ clock, handlers: [source(() => undefined)] });
    const peer = await RawPeer.connect(server.port);
    const receiver = ['r', uint(0), true, null, null, terminus(0x28, 'out'), null];
    peer.send(FRAMES.header, FRAMES.open, FRAMES.begin, rawFrame(PERFORMATIVE.attach, receiver));
    const attach = await peer.frame(PERFORMATIVE.attach);
    expect(attach.includes('out')).toBe(true);
    peer.socket.destroy();
  });

  it('sends signs of life at half of what the peer allows, and closes a peer that sends none', async () => {
    server = await TestServer.start({ clock, limits: { idleTimeoutMs: 60_000 } });
    const peer = await RawPeer.connect(server.port);
    peer.send(FRAMES.header, FRAMES.open);
    await peer.frame(PERFORMATIVE.open);
    const heartbeats = () => peer.frames().filter(({ descriptor }) => descriptor === undefined).length;
    for (let beat = 1; beat <= 3; beat++) {
      clock.advance(30_000);
      await until(() => heartbeats() >= beat);
    }
    clock.advance(30_000);
    await peer.frame(PERFORMATIVE.close);
    clock.advance(10_000);
    await peer.closed();
  });

  it('stops sending to a peer that does not read, does not read it either, and closes it in the end', async () => {
    const message = rhea.message.encode({ body: rhea.message.data_section(Buffer.alloc(16_000)) });
    let sent = 0;
    server = await TestServer.start({
      clock,
      handlers: [
        source((link) => {
          while (link.sendable()) {
            link.sendSettled(message);
            sent += message.length;
          }
        }),
      ],
    });
    const peer = await RawPeer.connect(server.port);
    peer.socket.pause();
    peer.send(FRAMES.header, FRAMES.open, FRAMES.begin, attachReceiver());
    peer.send(rawFrame(PERFORMATIVE.flow, flow({ credit: 1_000_000 })));
    await until(() => server.sockets[0]?.isPaused() === true);
    const buffered = server.sockets[0]?.writableLength ?? 0;
    expect(buffered).toBeGreaterThan(256 * 1024);
    expect(buffered).toBeLessThan(512 * 1024);
    const before = sent;
    clock.advance(60_000);
    await until(() => server.sockets[0]?.destroyed === true || clock.now() < 0 || advance(clock));
    expect(sent).toBe(before);
  });

  it('does not read a peer whose messages wait to be settled beyond the limit', async () => {
    const deliveries: IncomingDelivery[] = [];
    const target: LinkHandler = {
      matches: () => true,
      attach: async () => ({
        kind: 'target',
        credit: 100,
        maxMessageBytes: 50_000,
        opened: () => undefined,
        received: (delivery) => void deliveries.push(delivery),
        closed: () => undefined,
      }),
    };
    server = await TestServer.start({ clock, handlers: [target], limits: { maxUnsettledBytes: 100_000 } });
    const peer = await RawPeer.connect(server.port);
    peer.send(FRAMES.header, FRAMES.open, FRAMES.begin, FRAMES.attach);
    await peer.frame(PERFORMATIVE.flow);
    const payload = Buffer.concat([Buffer.from([0, 0x53, 0x75, 0xb0, 0, 0, 0xa0, 0]), Buffer.alloc(0xa000)]);
    for (let id = 0; id < 20; id++) {
      peer.send(transferFrame({ id, payload }));
    }
    await until(() => server.sockets[0]?.isPaused() === true);
    expect(deliveries.length).toBeLessThan(10);
    const settle = () => {
      for (const delivery of deliveries.splice(0)) {
        delivery.accept();
      }
    };
    let settled = 0;
    await until(() => {
      settled += deliveries.length;
      settle();
      return settled === 20;
    });
  });
});

function advance(clock: ManualClock): boolean {
  clock.advance(10_000);
  return false;
}

function source(feed: (link: OutgoingLink) => void): LinkHandler {
  return {
    matches: () => true,
    attach: async () => {
      let link: OutgoingLink | undefined;
      return {
        kind: 'source',
        opened: (opened) => {
          link = opened;
        },
        sendable: () => link && feed(link),
        closed: () => undefined,
      };
    },
  };
}

function attachReceiver(): Buffer {
  return rawFrame(PERFORMATIVE.attach, ['r', uint(0), true, null, null, terminus(0x28, 'out'), terminus(0x29, 'here')]);
}

function flow({ credit, echo }: { credit: number; echo?: boolean }): readonly unknown[] {
  return [uint(0), uint(2 ** 31), uint(0), uint(100), uint(0), uint(0), uint(credit), null, false, echo ?? false];
}

/** Of a frame whose performative is a list32, or one with a small list. */
function fieldCount(frame: Buffer): number {
  return frame[11] === 0xd0 ? frame.readUInt32BE(16) : (frame[13] ?? 0);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
