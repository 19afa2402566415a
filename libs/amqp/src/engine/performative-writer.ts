import frames from 'rhea/lib/frames.js';
import { PERFORMATIVE } from '../frames/performative.js';
import type { RheaPerformative } from './rhea-internals.js';

/** Fields that each performative has [AMQP 2.7]. */
const FIELD_COUNTS = new Map<number, number>([
  [PERFORMATIVE.open, 10],
  [PERFORMATIVE.begin, 8],
  [PERFORMATIVE.attach, 14],
  [PERFORMATIVE.flow, 11],
  [PERFORMATIVE.detach, 3],
  [PERFORMATIVE.end, 1],
  [PERFORMATIVE.close, 1],
]);

/**
 * Encodes a frame with all fields of its performative written out, trailing nulls included: Python's clients look fields up
 * by position and fail where a shorter list ends before.
 */
export function encodeFrame(channel: number, performative: RheaPerformative): Buffer {
  const descriptor = (performative.constructor as unknown as { descriptor: { numeric: number } }).descriptor.numeric;
  performative.value.length = FIELD_COUNTS.get(descriptor) ?? performative.value.length;
  return frames.write_frame(frames.amqp_frame(channel, performative));
}

/** An empty frame: it tells the peer that the connection lives [AMQP 2.4.5]. */
export const EMPTY_FRAME = Buffer.from([0, 0, 0, 8, 2, 0, 0, 0]);
