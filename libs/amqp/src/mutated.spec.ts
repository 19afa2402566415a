import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PERFORMATIVE } from './frames/performative.js';
import { FieldTable } from './guard/field-table.js';
import { checkPerformative } from './guard/schemas.js';
import { mutate, mutation } from './testing/mutations.js';
import { OpenServer } from './testing/open-server.js';
import { FRAMES, transferFrame } from './testing/raw-peer.js';
import { RECORDINGS } from './testing/recorded/recordings.js';
import { descriptorOf, isHeader, MemoryPeer } from './testing/replay.js';

const RUNS = 600;

describe('an AMQP server, sent what official clients send but mutated', () => {
  let server: OpenServer;

  beforeAll(async () => {
    server = await OpenServer.start({ limits: { closeTimeoutMs: 1 } });
  });
  afterAll(() => server.stop());

  it('answers in well-formed frames or closes, and leaves another connection alone', async () => {
    const neighbour = new MemoryPeer(server.amqp);
    for (const frame of [FRAMES.header, FRAMES.open, FRAMES.begin, FRAMES.attach]) {
      await neighbour.ask(frame);
    }
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...RECORDINGS.map(({ client }) => client)),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async (client, mutations) => {
          const frames = RECORDINGS.find((recording) => recording.client === client)?.frames ?? [];
          const peer = new MemoryPeer(server.amqp);
          for (const frame of mutations.reduce(mutate, frames)) {
            peer.write(frame);
            await turn();
          }
          peer.end();
          await closed(peer);
          expectWellFormed(peer.frames);
          await neighbour.ask(transferFrame({ id: sent++ }));
        },
      ),
      { numRuns: RUNS },
    );
    expect(neighbour.frames.filter((frame) => descriptorOf(frame) === PERFORMATIVE.disposition)).toHaveLength(RUNS);
    neighbour.end();
    await closed(neighbour);
    expect(await server.count('mooring_amqp_connections')).toBe(0);
    expect(await server.count('mooring_amqp_links')).toBe(0);
  }, 60_000);
});

async function closed(peer: MemoryPeer): Promise<void> {
  while (!peer.closed) {
    await turn();
  }
}

/** What a server sends passes its own guard, and a close is the last of it. */
function expectWellFormed(frames: readonly Buffer[]): void {
  const table = new FieldTable();
  for (const [index, frame] of frames.entries()) {
    if (isHeader(frame) || frame.length === 8 || frame.readUInt8(5) !== 0) {
      continue;
    }
    table.read(frame, 8, frame.length);
    expect(checkPerformative(table)).toBe(descriptorOf(frame));
    if (descriptorOf(frame) === PERFORMATIVE.close) {
      expect(index).toBe(frames.length - 1);
    }
  }
}
