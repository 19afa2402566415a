import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PERFORMATIVE } from './frames/performative.js';
import { protocolHeader } from './frames/protocol-header.js';
import { FRAMES, RawPeer, transferFrame } from './testing/raw-peer.js';
import { encodeInit } from './testing/sasl-client.js';
import { TestServer } from './testing/test-server.js';

const CONVERSATION = [
  protocolHeader('sasl'),
  encodeInit('ANONYMOUS', Buffer.alloc(0)),
  FRAMES.header,
  FRAMES.open,
  FRAMES.begin,
  FRAMES.attach,
];
const DELIVERY = [transferFrame({ id: 0, more: true }), transferFrame({ id: 0 }), transferFrame({ id: 1 })];
const END = [FRAMES.detach, FRAMES.end, FRAMES.close];

/** What a hostile peer does to a good byte stream. */
type Mutation =
  | { readonly kind: 'byte'; readonly at: number; readonly value: number }
  | { readonly kind: 'cut'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number };

const position = fc.nat({ max: 10_000 });
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('byte' as const), at: position, value: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('cut' as const), at: position, length: fc.nat({ max: 40 }) }),
  fc.record({ kind: fc.constant('insert' as const), at: position, bytes: fc.uint8Array({ maxLength: 20 }) }),
  fc.record({ kind: fc.constant('repeat' as const), at: position, length: fc.nat({ max: 100 }) }),
);

describe('an AMQP server under hostile bytes', () => {
  let server: TestServer;
  let taken = 0;

  beforeAll(async () => {
    server = await TestServer.start({
      limits: { closeTimeoutMs: 10, openTimeoutMs: 2_000 },
      handlers: [
        {
          matches: () => true,
          attach: async () => ({
            kind: 'target',
            credit: 100,
            maxMessageBytes: 10_000,
            opened: () => undefined,
            received: (delivery) => {
              taken++;
              delivery.accept();
            },
            closed: () => undefined,
          }),
        },
      ],
    });
  });
  afterAll(() => server.stop());

  it('serves a conversation split at every byte', async () => {
    const opening = Buffer.concat(CONVERSATION);
    const delivery = Buffer.concat([...DELIVERY, ...END]);
    for (let split = 0; split < opening.length + delivery.length; split++) {
      taken = 0;
      const peer = await RawPeer.connect(server.port);
      await write(peer, opening, split);
      await peer.frame(PERFORMATIVE.flow);
      await write(peer, delivery, split - opening.length);
      await peer.frame(PERFORMATIVE.close);
      expect(taken).toBe(2);
      peer.socket.destroy();
    }
  });

  it('survives any mutation of one, without growing', async () => {
    const good = Buffer.concat([...CONVERSATION, ...DELIVERY, ...END]);
    const run = (runs: number) =>
      fc.assert(
        fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
          const peer = await RawPeer.connect(server.port);
          peer.socket.end(mutations.reduce(mutate, good));
          await peer.closed();
        }),
        { numRuns: runs },
      );
    await run(100);
    const before = process.memoryUsage().rss;
    await run(300);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    // The server hears of the end of the last ones a little after their peers.
    while ((await server.count('mooring_amqp_connections')) > 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await server.count('mooring_amqp_links')).toBe(0);
  }, 30_000);
});

async function write(peer: RawPeer, bytes: Buffer, split: number): Promise<void> {
  if (split > 0 && split < bytes.length) {
    peer.socket.setNoDelay(true);
    await new Promise<void>((resolve) => peer.socket.write(bytes.subarray(0, split), () => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
    peer.send(bytes.subarray(split));
  } else {
    peer.send(bytes);
  }
}

function mutate(bytes: Buffer, change: Mutation): Buffer {
  const at = change.at % bytes.length;
  const before = bytes.subarray(0, at);
  switch (change.kind) {
    case 'byte':
      return Buffer.concat([before, Buffer.from([change.value]), bytes.subarray(at + 1)]);
    case 'cut':
      return Buffer.concat([before, bytes.subarray(at + change.length)]);
    case 'insert':
      return Buffer.concat([before, change.bytes, bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at + change.length), bytes.subarray(at)]);
  }
}
