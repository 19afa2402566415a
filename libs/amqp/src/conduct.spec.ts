import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { amqpTypes } from './engine/typed-values.js';
import { PERFORMATIVE } from './frames/performative.js';
import { FieldTable } from './guard/field-table.js';
import type { LinkEndpoint, LinkHandler } from './links/link-handler.js';
import type { OutgoingLink } from './links/outgoing-link.js';
import { FRAMES, rawFrame, terminus, transferFrame } from './testing/raw-peer.js';
import { descriptorOf, MemoryPeer } from './testing/replay.js';
import { TestServer } from './testing/test-server.js';

const { wrap_uint: uint } = amqpTypes;
const MOST = 2 ** 32 - 1;

/** Messages that the handler has sent. */
let sent = 0;

/** A client that keeps to the letter of the protocol, and asks for too much. */
describe('a client of AMQP', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start({ handlers: [endless()] });
  });
  afterAll(() => server.stop());

  async function receiving(flow: Flow): Promise<MemoryPeer> {
    sent = 0;
    const peer = new MemoryPeer(server.server);
    for (const frame of [FRAMES.header, FRAMES.open, FRAMES.begin, attachReceiver(0)]) {
      await peer.ask(frame);
    }
    await answered(peer, flow);
    return peer;
  }

  it('is sent no more than it has settled, however much credit it gives', async () => {
    const peer = await receiving({ credit: MOST, window: MOST });
    expect(sent).toBe(2_048);
    // All of them at once, and many that never were.
    peer.write(rawFrame(PERFORMATIVE.disposition, [true, uint(0), uint(2 ** 31 - 2), true, accepted()]));
    await answered(peer, { credit: MOST, window: MOST });
    expect(sent).toBe(2 * 2_048);
    peer.end();
  });

  it('is sent nothing while its window is closed, or beyond it', async () => {
    const peer = await receiving({ credit: 100, window: 0 });
    expect(sent).toBe(0);
    await answered(peer, { credit: 100, window: 3 });
    expect(sent).toBe(3);
    expect(peer.frames.filter((frame) => descriptorOf(frame) === PERFORMATIVE.transfer)).toHaveLength(3);
    peer.end();
  });

  it('is sent on all links when a flow for one of them opens its window', async () => {
    const peer = await receiving({ credit: 5, window: 0 });
    await peer.ask(attachReceiver(1));
    await answered(peer, { handle: 1, credit: 5, window: 0 });
    expect(sent).toBe(0);
    await answered(peer, { handle: 1, credit: 5, window: 100 });
    expect(sent).toBe(10);
    peer.end();
  });

  it('is sent more on its other links when one is gone with all that it had not settled', async () => {
    const peer = await receiving({ credit: MOST, window: MOST });
    await peer.ask(attachReceiver(1));
    await answered(peer, { handle: 1, credit: 7, window: MOST, delivered: 2_048 });
    expect(sent).toBe(2_048);
    await peer.ask(rawFrame(PERFORMATIVE.detach, [uint(0), true]));
    expect(sent).toBe(2_048 + 7);
    peer.end();
  });

  it('frees what it never settled with the link', async () => {
    const peer = await receiving({ credit: MOST, window: MOST });
    await peer.ask(rawFrame(PERFORMATIVE.detach, [uint(0), true]));
    sent = 0;
    await peer.ask(attachReceiver(0));
    await answered(peer, { credit: 10, window: MOST, delivered: 2_048 });
    expect(sent).toBe(10);
    peer.end();
  });

  it('may settle out of order, and twice, and what is not there', async () => {
    const peer = await receiving({ credit: 10, window: MOST });
    for (const [first, last] of [
      [5, 5],
      [2, 3],
      [2, 8],
      [0, 100],
      [MOST - 1, 1],
    ] as const) {
      peer.write(rawFrame(PERFORMATIVE.disposition, [true, uint(first), uint(last), true, accepted()]));
    }
    await answered(peer, { credit: 10, window: MOST });
    expect(peer.closed).toBe(false);
    peer.end();
  });

  it('gets the credit back that deliveries used which it has aborted', async () => {
    const peer = new MemoryPeer(server.server);
    for (const frame of [FRAMES.header, FRAMES.open, FRAMES.begin, FRAMES.attach]) {
      await peer.ask(frame);
    }
    for (let id = 0; id < 250; id++) {
      peer.write(transferFrame({ id, aborted: true }));
    }
    await peer.ask(transferFrame({ id: 250 }));
    expect(peer.closed).toBe(false);
    peer.end();
  });

  it('is told no outcome of a delivery that it has settled with a later transfer', async () => {
    const peer = new MemoryPeer(server.server);
    for (const frame of [FRAMES.header, FRAMES.open, FRAMES.begin, FRAMES.attach]) {
      await peer.ask(frame);
    }
    peer.write(transferFrame({ id: 0, more: true }));
    peer.write(transferFrame({ id: 0, settled: true, payload: Buffer.alloc(0) }));
    await peer.ask(transferFrame({ id: 1 }));
    const dispositions = peer.frames.filter((frame) => descriptorOf(frame) === PERFORMATIVE.disposition);
    expect(dispositions.map((frame) => [frame.readUInt32BE(22), frame.readUInt32BE(27)])).toEqual([[1, 1]]);
    peer.end();
  });

  it('is told of many acceptances in one disposition, and never of one before its message was taken', async () => {
    const peer = new MemoryPeer(server.server);
    for (const frame of [FRAMES.header, FRAMES.open, FRAMES.begin, FRAMES.attach]) {
      await peer.ask(frame);
    }
    peer.write(Buffer.concat(Array.from({ length: 50 }, (_, id) => transferFrame({ id }))));
    await answered(peer, { credit: 0, window: 100 });
    const dispositions = peer.frames.filter((frame) => descriptorOf(frame) === PERFORMATIVE.disposition);
    expect(dispositions.map((frame) => [frame.readUInt32BE(22), frame.readUInt32BE(27)])).toEqual([[0, 49]]);
    peer.end();
  });
});

describe('a flow that crosses the answer to an attach, or a detach', () => {
  let attached: ((endpoint: LinkEndpoint) => void) | undefined;
  let opened: OutgoingLink | undefined;
  const source: LinkEndpoint = {
    kind: 'source',
    opened: (link) => {
      opened = link;
    },
    sendable: () => undefined,
    closed: () => undefined,
  };
  let server: TestServer;
  let peer: MemoryPeer;

  beforeAll(async () => {
    const attach = () => new Promise<LinkEndpoint>((resolve) => (attached = resolve));
    server = await TestServer.start({ handlers: [{ matches: () => true, attach }] });
  });
  beforeEach(async () => {
    peer = new MemoryPeer(server.server);
    for (const frame of [FRAMES.header, FRAMES.open, FRAMES.begin]) {
      await peer.ask(frame);
    }
    peer.write(attachReceiver(0));
  });
  afterEach(() => peer.end());
  afterAll(() => server.stop());

  /** Of the flows after the last frame with a descriptor: handle, delivery-count and credit; null: of the session alone. */
  function flowsSince(descriptor: number): (readonly number[] | null)[] {
    const from = peer.frames.findLastIndex((frame) => descriptorOf(frame) === descriptor);
    const flows = peer.frames.slice(from + 1).filter((frame) => descriptorOf(frame) === PERFORMATIVE.flow);
    return flows.map((frame) => {
      const fields = new FieldTable();
      fields.read(frame, 8, frame.length);
      return fields.isNull(4) ? null : [4, 5, 6].map((field) => fields.uint(field) ?? -1);
    });
  }

  it('is answered for the link when that is attached', async () => {
    await answered(peer, { credit: 7, window: 100, drain: true });
    expect(flowsSince(PERFORMATIVE.begin)).toEqual([null]);
    attached?.(source);
    await answered(peer, { window: 100 });
    expect(flowsSince(PERFORMATIVE.attach)[0]).toEqual([0, 7, 0]);
  });

  it('is answered for the session only when the link is being detached', async () => {
    attached?.(source);
    await answered(peer, { window: 100 });
    opened?.close();
    await answered(peer, { credit: 7, window: 100, drain: true });
    expect(flowsSince(PERFORMATIVE.detach)).toEqual([null]);
  });
});

/** Sends a flow and waits for its echo: all before it was handled. */
async function answered(peer: MemoryPeer, flow: Flow): Promise<void> {
  const flows = () => peer.frames.filter((frame) => descriptorOf(frame) === PERFORMATIVE.flow).length;
  const before = flows();
  peer.write(flowFrame(flow));
  while (flows() === before) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Flow {
  readonly handle?: number;
  /** Of the link; undefined: the flow is of the session alone. */
  readonly credit?: number;
  readonly window: number;
  /** Transfers that have come. */
  readonly delivered?: number;
  readonly drain?: boolean;
}

function flowFrame({ handle = 0, credit, window, delivered = 0, drain = false }: Flow): Buffer {
  const session = [uint(delivered), uint(window), uint(0), uint(100)];
  const link = credit === undefined ? [null, null, null] : [uint(handle), uint(0), uint(credit)];
  return rawFrame(PERFORMATIVE.flow, [...session, ...link, null, drain, true]);
}

function attachReceiver(handle: number): Buffer {
  const ends = [terminus(0x28, 'out'), terminus(0x29, 'here')];
  return rawFrame(PERFORMATIVE.attach, [`receiver ${handle}`, uint(handle), true, null, null, ...ends]);
}

function accepted(): unknown {
  return amqpTypes.described(amqpTypes.wrap_ulong(0x24), amqpTypes.wrap_list([]));
}

/** Sends without end to who receives; accepts what it is sent. */
function endless(): LinkHandler {
  return {
    matches: () => true,
    attach: async ({ client }) => {
      if (client === 'sender') {
        return {
          kind: 'target',
          credit: 100,
          maxMessageBytes: 1_000,
          opened: () => undefined,
          received: (delivery) => delivery.accept(),
          closed: () => undefined,
        };
      }
      let link: OutgoingLink | undefined;
      return {
        kind: 'source',
        opened: (opened) => {
          link = opened;
        },
        sendable: () => {
          while (link?.sendable()) {
            link.send(Buffer.from([0, 0x53, 0x77, 0x40]), Buffer.alloc(1));
            sent++;
          }
        },
        closed: () => undefined,
      };
    },
  };
}
