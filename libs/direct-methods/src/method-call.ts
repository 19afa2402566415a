import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';

/** Of a payload in either direction, in bytes. */
export const MAX_PAYLOAD_BYTES = 128 * 1024;
export const MAX_NAME_LENGTH = 100;
const LEAST_RESPONSE_TIMEOUT_MS = 5_000;
const MAX_TIMEOUT_MS = 300_000;
const DEFAULT_RESPONSE_TIMEOUT_MS = 30_000;

/** What would end a level of an MQTT topic, or may not stand in one. */
const NOT_IN_A_TOPIC_LEVEL = /[/+#\p{Cc}]/u;

/** A method to be called on a device or module. */
export interface MethodCall {
  readonly key: identity.IdentityKey;
  readonly methodName: string;
  /** JSON text, handed to the device as it is. Absent: `null`. */
  readonly payload?: string | undefined;
  /** How long the device may take, from when it has the call on: 5 to 300 s, 30 s where it is absent. */
  readonly responseTimeoutMs?: number | undefined;
  /** How long to wait for a device that is not connected: up to 300 s, not at all where it is absent. */
  readonly connectTimeoutMs?: number | undefined;
  /** Aborted when nobody wants the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** A call within its limits, with all that it leaves out. */
export interface CheckedCall extends Pick<MethodCall, 'key' | 'methodName'> {
  readonly payload: Buffer;
  readonly responseTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

const NULL = Buffer.from('null');

/** @throws HubError `ArgumentInvalid` or `MessageTooLarge` for a call that no device may be given */
export function checkedCall(call: MethodCall): CheckedCall {
  const { methodName, responseTimeoutMs = DEFAULT_RESPONSE_TIMEOUT_MS, connectTimeoutMs = 0 } = call;
  if (methodName.length < 1 || methodName.length > MAX_NAME_LENGTH || !fitsTopicLevel(methodName)) {
    throw invalid(`A method name has 1 to ${MAX_NAME_LENGTH} characters, without control characters, / + and #.`);
  }
  if (!(responseTimeoutMs >= LEAST_RESPONSE_TIMEOUT_MS && responseTimeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid('The response timeout must be from 5 to 300 seconds.');
  }
  if (!(connectTimeoutMs >= 0 && connectTimeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid('The connect timeout must be from 0 to 300 seconds.');
  }
  const payload = call.payload === undefined ? NULL : Buffer.from(call.payload);
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new HubError('MessageTooLarge', `The payload of a method has at most ${MAX_PAYLOAD_BYTES} bytes.`);
  }
  return { key: call.key, methodName, payload, responseTimeoutMs, connectTimeoutMs, signal: call.signal };
}

function fitsTopicLevel(name: string): boolean {
  return !NOT_IN_A_TOPIC_LEVEL.test(name) && name.isWellFormed();
}

function invalid(message: string): HubError {
  return new HubError('ArgumentInvalid', message);
}
