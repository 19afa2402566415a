import { until } from '@mooring/test-parts';
import { PORT, RawConnection } from '@mooring/test-wire';
import { frame, HEADER, PERFORMATIVE } from '@mooring/test-wire/amqp';
import { type Attempt, accepted, type Outcome, refused } from '../trials/trial.js';

/** Stands in a list of frames for the moment at which the hub has given credit for what was attached before. */
export const UNTIL_CREDIT = Buffer.alloc(0);
const CLOSE = frame(PERFORMATIVE.close, []);
/** All links that there may be, each answered. */
const LARGEST_ANSWER = 1024 * 1024;
const HEADER_BYTES = HEADER.amqp.length;
/** The hub answers a transfer with this, and CBS with a transfer. */
const SASL_OUTCOME = 0x44;
const CONDITION = /(?:amqp|com\.microsoft):[a-z:-]+/;
const STATUS_CODE = /status-code(?:\x71\0\0(..)|\x54(.))/s;
const ENDINGS = new Set<number>([PERFORMATIVE.close, PERFORMATIVE.end, PERFORMATIVE.detach, PERFORMATIVE.disposition]);

export interface Answered {
  /** Of its performative. */
  readonly code: number;
  /** A character for each byte. */
  readonly text: string;
}

/** Sends frames, then a close; the hub answers that unless it has closed the connection before. */
export async function exchange({ stage }: Attempt, frames: readonly Buffer[]): Promise<Outcome> {
  const connection = await RawConnection.secure(stage.target, PORT.amqps);
  await sendFrames(connection, frames);
  connection.send(CLOSE);
  return outcomeOf(await connection.untilClosed());
}

/** Sends all at once, but waits where it says so. */
export async function sendFrames(connection: RawConnection, frames: readonly Buffer[]): Promise<void> {
  const at = frames.indexOf(UNTIL_CREDIT);
  connection.send(Buffer.concat(at < 0 ? frames : frames.slice(0, at)));
  if (at < 0) {
    return;
  }
  await untilAnswered(connection, ({ code }) => code === PERFORMATIVE.flow);
  await sendFrames(connection, frames.slice(at + 1));
}

/** Waits for a frame, or the end. @returns undefined for the end */
export async function untilAnswered(
  connection: RawConnection,
  isIt: (answer: Answered) => boolean,
): Promise<Answered | undefined> {
  const find = () => answersOf(connection.received).find(isIt);
  await until(() => connection.closed || find() !== undefined, {
    what: 'an answer over AMQP',
    timeoutMs: 20_000,
    everyMs: 5,
  });
  return find();
}

/** What the hub made of a connection that it has closed, or was asked to close. */
export function outcomeOf(received: Buffer): Outcome {
  if (received.length > LARGEST_ANSWER) {
    return accepted(`an answer of ${received.length} bytes`);
  }
  const answers = answersOf(received);
  for (const answer of answers) {
    const how = refusalIn(answer);
    if (how !== undefined) {
      return refused(how);
    }
  }
  return answers.some(({ code }) => code === PERFORMATIVE.close) ? accepted('lived with') : refused('closed');
}

/** The condition or status with which a frame refuses something. */
export function refusalIn({ code, text }: Answered): string | undefined {
  if (ENDINGS.has(code)) {
    return CONDITION.exec(text)?.[0];
  }
  if (code === SASL_OUTCOME) {
    const result = text.charCodeAt(text.indexOf('\x50') + 1);
    return result === 0 ? undefined : `SASL outcome ${result}`;
  }
  if (code === PERFORMATIVE.transfer) {
    const status = cbsStatus(text);
    return status === undefined || status < 400 ? undefined : `CBS ${status}`;
  }
  return undefined;
}

/** The status code of an answer of `$cbs`. */
export function cbsStatus(text: string): number | undefined {
  const [, long, short] = STATUS_CODE.exec(text) ?? [];
  return long === undefined ? short?.charCodeAt(0) : (long.charCodeAt(0) << 8) | long.charCodeAt(1);
}

/** The frames in bytes received; empty ones, and headers, are left out. */
export function answersOf(received: Buffer): readonly Answered[] {
  const answers: Answered[] = [];
  for (let at = 0; at + HEADER_BYTES <= received.length; ) {
    if (received.toString('latin1', at, at + 4) === 'AMQP') {
      at += HEADER_BYTES;
      continue;
    }
    const size = received.readUInt32BE(at);
    if (size < HEADER_BYTES || at + size > received.length) {
      break;
    }
    const body = received.subarray(at + HEADER_BYTES, at + size);
    if (body.length > 2) {
      answers.push({ code: body[2] ?? 0, text: body.toString('latin1') });
    }
    at += size;
  }
  return answers;
}
