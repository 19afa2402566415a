import { ERROR_CATALOGUE, type ErrorName } from '@mooring/errors';
import type { OperationRecorder } from '@mooring/operations';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import type { DeviceProtocol } from '../edge-metrics.js';
import { PROTOCOL_NAMES } from './protocol-names.js';
import type { RecordRate } from './record-rate.js';

export interface TelemetryOperationsOptions {
  readonly recorder: Pick<OperationRecorder, 'record'>;
  /** Name of this process. */
  readonly edge: string;
  readonly rate: RecordRate;
}

/** What was refused: an error of the catalogue, and in words why. */
export interface RefusedTelemetry {
  readonly protocol: DeviceProtocol;
  readonly error: ErrorName;
  readonly message: string;
  readonly trackingId?: string;
}

const MAX_DESCRIPTION = 1024;

/** Records of the category DeviceTelemetry: messages of a device that were not taken. */
export class TelemetryOperations {
  constructor(private readonly options: TelemetryOperationsOptions) {}

  refused({ deviceId, moduleId }: DeviceIdentity, { protocol, error, message, trackingId }: RefusedTelemetry): void {
    const { recorder, edge, rate } = this.options;
    if (!rate.take()) {
      return;
    }
    const tracking = trackingId === undefined ? {} : { trackingId };
    recorder.record({
      category: 'DeviceTelemetry',
      operationName: 'ingress',
      level: 'Error',
      deviceId,
      ...(moduleId === '' ? {} : { moduleId }),
      resultType: String(ERROR_CATALOGUE[error].code),
      resultDescription: message.slice(0, MAX_DESCRIPTION),
      properties: { protocol: PROTOCOL_NAMES[protocol], edge, ...tracking },
    });
  }
}
