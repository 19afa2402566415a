import { keyOfName } from '@mooring/credentials';
import type { HubError } from '@mooring/errors';
import type { Operation, OperationRecorder } from '@mooring/operations';
import type { identity } from '@mooring/proto';
import type { Ending } from '../queue/queue-head.js';
import type { EndedEntry } from '../queue/queue-requests.js';

const MAX_TEXT = 512;

/** How ends that no sender wants are recorded. */
const ENDINGS: Readonly<Record<Exclude<Ending, 'Success'>, Pick<Operation, 'operationName' | 'resultDescription'>>> = {
  Expired: { operationName: 'messageExpired', resultDescription: 'The message has expired.' },
  DeliveryCountExceeded: {
    operationName: 'messageDeadLettered',
    resultDescription: 'The message was delivered as often as it may be, and never completed.',
  },
  Rejected: { operationName: 'messageDeadLettered', resultDescription: 'The device has rejected the message.' },
  Purged: { operationName: 'messagePurged', resultDescription: 'The message was purged.' },
};

/** Records what becomes of messages, other than that they are taken and completed. */
export class OperationReports {
  constructor(private readonly recorder: Pick<OperationRecorder, 'record'>) {}

  refused(key: identity.IdentityKey | undefined, error: HubError): void {
    const { deviceId = '', moduleId = '' } = key ?? {};
    this.recorder.record({
      ...subject(deviceId.slice(0, 128), moduleId.slice(0, 128)),
      operationName: 'messageEnqueue',
      ...failed(error),
    });
  }

  /** Feedback is of the whole hub: the record names no device. */
  feedbackLost(error: HubError): void {
    this.recorder.record({ deviceId: '', operationName: 'feedbackSettle', ...failed(error) });
  }

  ended(name: string, ended: readonly EndedEntry[]): void {
    const { deviceId, moduleId } = keyOfName(name);
    for (const { ending, entry } of ended) {
      if (ending !== 'Success') {
        this.recorder.record({
          ...subject(deviceId, moduleId),
          category: 'C2DCommands',
          level: 'Warning',
          ...ENDINGS[ending],
          properties: {
            sequenceNumber: `${entry.sequence}`,
            deliveryCount: `${entry.deliveryCount}`,
            ...(entry.messageId === '' ? {} : { messageId: entry.messageId }),
          },
        });
      }
    }
  }
}

function failed(error: HubError): Omit<Operation, 'deviceId' | 'operationName'> {
  return {
    category: 'C2DCommands',
    level: 'Error',
    resultType: `${error.code}`,
    resultDescription: error.message.slice(0, MAX_TEXT),
    properties: { trackingId: error.trackingId },
  };
}

function subject(deviceId: string, moduleId: string): Pick<Operation, 'deviceId' | 'moduleId'> {
  return moduleId === '' ? { deviceId } : { deviceId, moduleId };
}
