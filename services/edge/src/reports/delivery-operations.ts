import type { HubError } from '@mooring/errors';
import type { Operation, OperationRecorder } from '@mooring/operations';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import type { Admission } from '../device-session/live/live-connection.js';
import type { TwinOperation } from '../twins/twins.js';

/** Records of what only an edge sees go wrong between devices and services. */
export class DeliveryOperations {
  constructor(
    private readonly recorder: Pick<OperationRecorder, 'record'>,
    /** Name of this process. */
    private readonly edge: string,
  ) {}

  twinThrottled(admission: Admission, operation: TwinOperation): void {
    this.record(admission, {
      category: 'D2CTwinOperations',
      operationName: operation === 'get' ? 'read' : 'update',
      resultType: '429001',
      resultDescription: 'too many twin operations wait',
    });
  }

  messageRejected(admission: Admission, reason: string): void {
    this.record(admission, {
      category: 'C2DCommands',
      operationName: 'messageReject',
      resultType: '400004',
      resultDescription: reason,
    });
  }

  settlementLost(admission: Admission, { code, message, trackingId }: HubError): void {
    this.record(admission, {
      category: 'C2DCommands',
      operationName: 'messageSettle',
      resultType: String(code),
      resultDescription: message.slice(0, MAX_DESCRIPTION),
      properties: { trackingId },
    });
  }

  /** Late, doubled, another device's, or made up. */
  methodReplyUnexpected(identity: DeviceIdentity): void {
    this.record(
      { identity },
      {
        category: 'DirectMethods',
        operationName: 'methodReply',
        resultType: '400003',
        resultDescription: 'no method call of the device waits for this answer',
      },
    );
  }

  private record(
    { identity: { deviceId, moduleId }, epoch }: Pick<Admission, 'identity'> & Partial<Pick<Admission, 'epoch'>>,
    { properties, ...operation }: Omit<Operation, 'deviceId' | 'level'>,
  ): void {
    const module = moduleId === '' ? {} : { moduleId };
    this.recorder.record({
      level: 'Error',
      deviceId,
      ...module,
      ...operation,
      properties: { edge: this.edge, ...(epoch === undefined ? {} : { epoch: String(epoch) }), ...properties },
    });
  }
}

const MAX_DESCRIPTION = 1024;
