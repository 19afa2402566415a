import type { Fault, FaultType } from './fault.js';

export interface AskedFault {
  readonly type: FaultType;
  readonly reason?: string;
  readonly delay?: number;
  readonly duration?: number;
}

/** The application properties that ask for a fault; delay and duration in seconds. */
export function faultProperties({ type, reason, delay, duration }: AskedFault): Readonly<Record<string, string>> {
  return {
    AzIoTHub_FaultOperationType: type,
    ...(reason !== undefined && { AzIoTHub_FaultOperationCloseReason: reason }),
    ...(delay !== undefined && { AzIoTHub_FaultOperationDelayInSecs: String(delay) }),
    ...(duration !== undefined && { AzIoTHub_FaultOperationDurationInSecs: String(duration) }),
  };
}

export function fault(type: FaultType, more: Partial<Fault> = {}): Fault {
  return { type, reason: '', delayMs: 0, durationMs: 0, ...more };
}
