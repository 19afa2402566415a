import { AmqpWriter, type ReceivedMessage, type Scalar } from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import type { MethodRequest } from '../../device-session/live/live-connection.js';
import type { MethodReply } from '../../methods/method-calls.js';
import { SECTION } from '../section.js';

const METHOD_NAME = Buffer.from('IoThub-methodname');
const STATUS = 'iothub-status';
const MAX_STATUS = 0x7fff_ffff;

/** Digits of a request id, and how they lie in a UUID of version 4: clients give back others as text, or not at all. */
const REQUEST_ID_DIGITS = 24;
const REQUEST_UUID = /^([0-9a-f]{12})4([0-9a-f]{3})8([0-9a-f]{9})0{6}$/;

const writer = new AmqpWriter();

/** The call of a method: its request id is the correlation-id, as a UUID. */
export function encodeMethodRequest({ requestId, name, payload }: MethodRequest): Buffer {
  writer.reset();
  writer.descriptor(SECTION.properties);
  const list = writer.begin('list');
  for (let field = 0; field < 5; field++) {
    writer.null();
  }
  writer.uuid(uuidOf(requestId));
  writer.end(list, 6);
  writer.descriptor(SECTION.applicationProperties);
  const map = writer.begin('map');
  writer.string(METHOD_NAME);
  writer.string(Buffer.from(name));
  writer.end(map, 2);
  writer.descriptor(SECTION.data);
  writer.binaryHead(payload.length);
  return writer.finish(Buffer.from(payload));
}

/**
 * A device's answer: the correlation-id of the call, `IoThub-status`, and what it says as data.
 *
 * @throws HubError `ArgumentInvalid` if it is none
 */
export function readMethodReply(message: ReceivedMessage): { readonly requestId: string } & MethodReply {
  const status = message.applicationProperties().find(([name]) => name.toLowerCase() === STATUS)?.[1];
  const value = status?.kind === 'integer' || status?.kind === 'string' ? Number(status.value) : Number.NaN;
  if (!Number.isInteger(value) || Math.abs(value) > MAX_STATUS) {
    throw new HubError('ArgumentInvalid', 'The answer to a method has an IoThub-status, a whole number.');
  }
  return { requestId: requestIdOf(message.property('correlationId')), status: value, payload: message.bodyBytes() };
}

function uuidOf(requestId: string): Buffer {
  const digits = requestId.padEnd(REQUEST_ID_DIGITS, '0');
  return Buffer.from(`${digits.slice(0, 12)}4${digits.slice(12, 15)}8${digits.slice(15, 24)}000000`, 'hex');
}

/** Empty for what was never given with a call. */
function requestIdOf(correlationId: Scalar | undefined): string {
  const digits =
    correlationId?.kind === 'uuid' || correlationId?.kind === 'binary'
      ? correlationId.value.toString('hex')
      : correlationId?.kind === 'string'
        ? correlationId.value.replaceAll('-', '').toLowerCase()
        : '';
  const [, first = '', second = '', third = ''] = REQUEST_UUID.exec(digits) ?? [];
  return first + second + third;
}
