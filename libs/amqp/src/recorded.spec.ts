import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FRAME_TYPE, FrameReader } from './frames/frame-reader.js';
import { OpenServer } from './testing/open-server.js';
import { RECORDINGS, type Recording } from './testing/recorded/recordings.js';
import { isHeader, MemoryPeer } from './testing/replay.js';

/** What came of a recording: all that the server sent, and all that its handlers saw. */
interface Replayed {
  readonly sent: readonly string[];
  readonly seen: readonly string[];
}

describe.each(RECORDINGS)('what $client has sent', (recording) => {
  let server: OpenServer;

  beforeAll(async () => {
    server = await OpenServer.start();
  });
  afterAll(() => server.stop());

  async function replay(pieces: (frame: Buffer) => readonly Buffer[]): Promise<Replayed> {
    server.seen.length = 0;
    const peer = new MemoryPeer(server.amqp);
    for (const frame of recording.frames) {
      await peer.ask(frame, pieces(frame));
    }
    return { sent: peer.frames.map((frame) => frame.toString('hex')), seen: [...server.seen] };
  }

  it('comes to the same however its frames are split', async () => {
    const whole = await replay((frame) => [frame]);
    expect(whole.seen.length).toBeGreaterThan(0);
    expect(await replay((frame) => Array.from(frame, (byte) => Buffer.from([byte])))).toEqual(whole);
    const longest = Math.max(...recording.frames.map(({ length }) => length));
    // A step that shares no factor with the lengths of many frames: they are split at ever other places.
    for (let at = 1; at < longest; at += 7) {
      expect(await replay((frame) => split(frame, 1 + (at % frame.length)))).toEqual(whole);
    }
  });

  it('is read as the same frames, split at every byte', () => {
    const bytes = Buffer.concat([...recording.frames]);
    for (let at = 1; at < bytes.length; at++) {
      expect(piecesOf(recording, split(bytes, at))).toBe(recording.frames.length);
    }
  });
});

function split(bytes: Buffer, at: number): readonly Buffer[] {
  return at < bytes.length ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];
}

/** @returns how many pieces a reader finds that are as they were recorded */
function piecesOf({ frames }: Recording, chunks: readonly Buffer[]): number {
  const reader = new FrameReader();
  let read = 0;
  const expected = () => {
    const next = frames[read] ?? Buffer.alloc(8);
    return isHeader(next)
      ? ({ kind: 'header' } as const)
      : ({
          kind: 'frame',
          type: next.readUInt8(5) === 0 ? FRAME_TYPE.amqp : FRAME_TYPE.sasl,
          maxBytes: 65_536,
        } as const);
  };
  for (const chunk of chunks) {
    reader.read(chunk, expected, (piece) => {
      read += frames[read]?.equals(piece) ? 1 : 0;
      return true;
    });
  }
  return read;
}
