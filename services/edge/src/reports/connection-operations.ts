import type { ConnectionInfo } from '@mooring/listener';
import type { Operation, OperationRecorder } from '@mooring/operations';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import type { Admission, CloseReason } from '../device-session/live/live-connection.js';
import type { TakeOver } from '../device-session/ownership/displacement.js';
import type { DeviceProtocol } from '../edge-metrics.js';
import { closeNumber, refusalNumber } from './error-numbers.js';
import { maskedAddress } from './masked-address.js';
import { PROTOCOL_NAMES } from './protocol-names.js';
import type { RecordRate } from './record-rate.js';

export interface ConnectionOperationsOptions {
  readonly recorder: Pick<OperationRecorder, 'record'>;
  /** Name of this process. */
  readonly edge: string;
  /** Of refusals. */
  readonly rate: RecordRate;
}

/** How a connection came. */
export interface Source {
  readonly protocol: DeviceProtocol;
  readonly info: Pick<ConnectionInfo, 'remoteAddress' | 'transport'>;
}

/** Records of the category Connections: who connected, was refused, took over and went. */
export class ConnectionOperations {
  constructor(private readonly options: ConnectionOperationsOptions) {}

  connected({ identity, authenticated, epoch }: Admission, source: Source, durationMs: number): void {
    const properties = { ...this.origin(source), authType: authenticated.method, epoch: String(epoch) };
    this.record(identity, { operationName: 'deviceConnect', level: 'Information', durationMs, properties });
  }

  refused(identity: DeviceIdentity, reason: string, source: Source): void {
    if (!this.options.rate.take()) {
      return;
    }
    this.record(identity, {
      operationName: 'deviceConnect',
      level: 'Error',
      resultType: refusalNumber(reason, identity),
      resultDescription: reason,
      properties: this.origin(source),
    });
  }

  /** @param durationMs for which it was connected */
  disconnected({ identity, epoch }: Admission, reason: CloseReason, durationMs: number): void {
    const resultType = closeNumber(reason);
    this.record(identity, {
      operationName: 'deviceDisconnect',
      level: resultType === undefined ? 'Information' : 'Error',
      ...(resultType === undefined ? {} : { resultType }),
      resultDescription: reason,
      durationMs,
      properties: { edge: this.options.edge, epoch: String(epoch) },
    });
  }

  tookOver({ identity, epoch, previous, outcome }: TakeOver): void {
    if (previous === undefined) {
      // Nobody is known to have lost it.
      return;
    }
    this.record(identity, {
      operationName: 'deviceTakeOver',
      level: outcome === 'unconfirmed' ? 'Warning' : 'Information',
      resultDescription: outcome,
      properties: {
        edge: this.options.edge,
        epoch: String(epoch),
        previousEdge: previous.edge,
        previousEpoch: String(previous.epoch),
      },
    });
  }

  private origin({ protocol, info: { remoteAddress, transport } }: Source): Record<string, string> {
    return {
      protocol: `${PROTOCOL_NAMES[protocol]}${transport === 'websocket' ? 'Ws' : ''}`,
      maskedIpAddress: maskedAddress(remoteAddress),
      edge: this.options.edge,
    };
  }

  private record({ deviceId, moduleId }: DeviceIdentity, operation: Omit<Operation, 'category' | 'deviceId'>): void {
    const module = moduleId === '' ? {} : { moduleId };
    this.options.recorder.record({ category: 'Connections', deviceId, ...module, ...operation });
  }
}
