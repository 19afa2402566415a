import type { ConnectionOptions } from 'node:tls';
import { PORT, RawConnection } from '@mooring/test-wire';
import { type Attempt, accepted, type Outcome, refused } from '../trials/trial.js';

export type Headers = readonly (readonly [name: string, value: string])[];

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Headers;
  readonly body?: Buffer | string;
}

const STATUS = /HTTP\/1\.1 (\d{3})/g;
const ERROR_CODE = /^iothub-errorcode: *(\S+)/im;
/** The one form of errors, which SDKs read. */
const ERROR_FORM = /"Message":".+","ExceptionMessage":"Tracking ID:[0-9A-F]{32}-TimeStamp:/;
const REFUSAL = 400;

/** The bytes of a request, after which the hub closes. A header that is given replaces the usual one of its name. */
export function requestBytes(host: string, { method, path, headers = [], body = '' }: HttpRequest): Buffer {
  const given = new Set(headers.map(([name]) => name.toLowerCase()));
  const usual: Headers = [
    ['Host', host],
    ['Connection', 'close'],
    ['Content-Type', 'application/json'],
    ['Content-Length', String(Buffer.byteLength(body))],
  ];
  const all = [...usual.filter(([name]) => !given.has(name.toLowerCase())), ...headers];
  const head = [`${method} ${path} HTTP/1.1`, ...all.map((header) => header.join(': ')), '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

/** Sends bytes to the port of HTTPS, and waits for the hub to close. */
export async function exchangeHttp(
  { stage }: Pick<Attempt, 'stage'>,
  bytes: Buffer,
  tls: ConnectionOptions = {},
): Promise<Outcome> {
  const connection = await RawConnection.secure(stage.target, PORT.https, tls);
  connection.send(bytes);
  return httpOutcome(await connection.untilClosed());
}

/** What was answered to one request, and to nothing besides. */
export function httpOutcome(received: Buffer): Outcome {
  const text = received.toString('latin1');
  const statuses = [...text.matchAll(STATUS)].map(([, status]) => status ?? '');
  const [status] = statuses;
  if (status === undefined) {
    return refused('closed');
  }
  if (statuses.length > 1) {
    return accepted(`${statuses.length} answers: ${statuses.join(', ')}`);
  }
  const code = ERROR_CODE.exec(text)?.[1];
  if (code !== undefined && !ERROR_FORM.test(text)) {
    return accepted(`${status} in another form than that of errors`);
  }
  const how = code === undefined ? status : `${status} ${code}`;
  return Number(status) < REFUSAL ? accepted(how) : refused(how);
}
