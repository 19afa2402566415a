import { applicationPropertyHeader, type MutableHeaders } from '@mooring/messages';

/** What a fault breaks, or begins, by the name that the SDKs' own tests give it. */
export const FAULT_TYPES = [
  'KillTcp',
  'KillAmqpConnection',
  'KillAmqpSession',
  'KillAmqpCBSLinkReq',
  'KillAmqpCBSLinkResp',
  'KillAmqpD2CLink',
  'KillAmqpC2DLink',
  'KillAmqpTwinLinkReq',
  'KillAmqpTwinLinkResp',
  'KillAmqpMethodReqLink',
  'KillAmqpMethodRespLink',
  'InvokeThrottling',
  'InvokeMaxMessageQuota',
  'InvokeAuthError',
  'ShutDownAmqp',
  'ShutDownMqtt',
] as const;

export type FaultType = (typeof FAULT_TYPES)[number];

/** A fault that a device asks for by the properties of a telemetry message. */
export interface Fault {
  readonly type: FaultType;
  /** What the client is told, where its protocol has words for it; empty: nothing in particular. */
  readonly reason: string;
  /** From the acknowledgement of the message. */
  readonly delayMs: number;
  /** Of the time in which messages are refused; means nothing to what only breaks. */
  readonly durationMs: number;
}

const TYPE = applicationPropertyHeader('AzIoTHub_FaultOperationType');
const REASON = applicationPropertyHeader('AzIoTHub_FaultOperationCloseReason');
const DELAY = applicationPropertyHeader('AzIoTHub_FaultOperationDelayInSecs');
const DURATION = applicationPropertyHeader('AzIoTHub_FaultOperationDurationInSecs');

/** Longer ones are cut: a fault holds memory until it is over. */
const MAX_SECONDS = 300;
const MAX_REASON_LENGTH = 256;
/** Of the SDKs' own tests, for a message that names none. */
const DEFAULT_DURATION_SECONDS = 5;
const SECONDS = /^\d{1,9}(\.\d{1,9})?$/;

const TYPES: ReadonlySet<string> = new Set(FAULT_TYPES);

/** The fault that a message asks for; undefined if it asks for none that there is. */
export function readFault(headers: Readonly<MutableHeaders>): Fault | undefined {
  const type = headers[TYPE]?.toString();
  if (type === undefined || !isFaultType(type)) {
    return undefined;
  }
  const delayMs = milliseconds(headers[DELAY]?.toString() ?? '0');
  const durationMs = milliseconds(headers[DURATION]?.toString() ?? `${DEFAULT_DURATION_SECONDS}`);
  if (delayMs === undefined || durationMs === undefined) {
    return undefined;
  }
  return { type, reason: (headers[REASON]?.toString() ?? '').slice(0, MAX_REASON_LENGTH), delayMs, durationMs };
}

function isFaultType(text: string): text is FaultType {
  return TYPES.has(text);
}

function milliseconds(text: string): number | undefined {
  return SECONDS.test(text) ? Math.min(Number(text), MAX_SECONDS) * 1_000 : undefined;
}
