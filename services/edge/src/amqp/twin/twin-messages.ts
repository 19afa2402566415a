import { AmqpWriter, type ReceivedMessage } from '@mooring/amqp';
import type { DesiredChange } from '../../device-session/live/live-connection.js';
import { SECTION } from '../section.js';

const STATUS = Buffer.from('status');
const VERSION = Buffer.from('version');
const RESOURCE = Buffer.from('resource');
const DESIRED = Buffer.from('/properties/desired');
const DESIRED_NOTIFICATIONS = '/notifications/twin/properties/desired';
const REPORTED = '/properties/reported';

const writer = new AmqpWriter();

/** What a device asks of its twin. */
export type TwinRequest =
  | { readonly kind: 'get' | 'subscribe' | 'unsubscribe' | 'unknown' }
  | { readonly kind: 'patch'; readonly json: Buffer; readonly ifVersion: number };

/** @throws HubError `ArgumentInvalid` if what belongs to the request is malformed */
export function readTwinRequest(message: ReceivedMessage): TwinRequest {
  const annotations = new Map(message.annotations());
  const text = (name: string): string => {
    const value = annotations.get(name);
    return value?.kind === 'string' || value?.kind === 'symbol' ? value.value : '';
  };
  const resource = text('resource').toLowerCase();
  switch (text('operation').toUpperCase()) {
    case 'GET':
      return { kind: 'get' };
    case 'PATCH':
      if (resource === REPORTED) {
        const version = annotations.get('version');
        const ifVersion = version?.kind === 'integer' && typeof version.value === 'number' ? version.value : 0;
        return { kind: 'patch', json: message.bodyBytes(), ifVersion: Math.max(0, ifVersion) };
      }
      return { kind: 'unknown' };
    case 'PUT':
      return { kind: resource === DESIRED_NOTIFICATIONS ? 'subscribe' : 'unknown' };
    case 'DELETE':
      return { kind: resource === DESIRED_NOTIFICATIONS ? 'unsubscribe' : 'unknown' };
    default:
      return { kind: 'unknown' };
  }
}

export interface TwinReply {
  readonly status: number;
  /** Of the reported properties; 0 if none is told. */
  readonly version: number;
  /** JSON text; may be empty. */
  readonly body: Buffer;
}

/** @param correlationId of the request, as it was encoded; empty if it had none */
export function encodeTwinReply({ status, version, body }: TwinReply, correlationId: Buffer): Buffer {
  writer.reset();
  writer.descriptor(SECTION.annotations);
  const annotations = writer.begin('map');
  writer.symbol(STATUS);
  writer.int(status);
  if (version !== 0) {
    writer.symbol(VERSION);
    writer.long(version);
  }
  writer.end(annotations, version === 0 ? 2 : 4);
  if (correlationId.length > 0) {
    writer.descriptor(SECTION.properties);
    const list = writer.begin('list');
    for (let field = 0; field < 5; field++) {
      writer.null();
    }
    writer.raw(correlationId);
    writer.end(list, 6);
  }
  writer.descriptor(SECTION.data);
  writer.binaryHead(body.length);
  return writer.finish(body);
}

/** Tells a device of a change of its desired properties. */
export function encodeDesiredChange({ version, json }: DesiredChange): Buffer {
  writer.reset();
  writer.descriptor(SECTION.annotations);
  const annotations = writer.begin('map');
  writer.symbol(RESOURCE);
  writer.string(DESIRED);
  writer.symbol(VERSION);
  writer.long(version);
  writer.end(annotations, 4);
  writer.descriptor(SECTION.data);
  writer.binaryHead(json.length);
  return writer.finish(Buffer.from(json));
}
