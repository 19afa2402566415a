import { HubError } from '@mooring/errors';
import type { edge } from '@mooring/proto';
import { MAX_PAYLOAD_BYTES } from './method-call.js';

/** What a device answered. */
export interface MethodReply {
  readonly status: number;
  /** JSON text, as the device gave it; `null` if it gave none. */
  readonly payload: string;
}

/** A byte order mark is not JSON. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws HubError `MessageTooLarge`, or `GenericBadGateway` if it is no JSON */
export function replyFrom({ status, payload }: Pick<edge.InvokeMethodResponse, 'status' | 'payload'>): MethodReply {
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new HubError('MessageTooLarge', `The device answered with more than ${MAX_PAYLOAD_BYTES} bytes.`);
  }
  return { status, payload: payload.length === 0 ? 'null' : jsonText(payload) };
}

function jsonText(payload: Uint8Array): string {
  try {
    const text = UTF8.decode(payload);
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new HubError('GenericBadGateway', 'The device answered with what is not JSON.', { cause: error });
  }
}
