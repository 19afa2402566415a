import { isHubError } from '@mooring/errors';
import type { identity, monitoring } from '@mooring/proto';

type Service = monitoring.MonitoringService;

export interface Seen {
  readonly id: string;
  readonly epoch: number;
  readonly connected?: boolean;
  readonly generation?: string;
  readonly time?: number;
}

export function keyOf(id: string): identity.IdentityKey {
  const [deviceId = '', moduleId = ''] = id.split('/');
  return { deviceId, moduleId };
}

/** @param id `device` or `device/module` */
export function seen({ id, epoch, connected, generation, time }: Seen): monitoring.ConnectionReport {
  return {
    key: keyOf(id),
    generationId: generation ?? 'g1',
    epoch,
    connected: connected ?? true,
    timeMs: time ?? 1_000 + epoch,
  };
}

/** @param life edge and incarnation: `edge:incarnation` */
export async function report(service: Service, life: string, ...reports: readonly Seen[]): Promise<void> {
  const [edge = '', incarnation = ''] = life.split(':');
  await service.reportConnections({ edge, incarnation, reports: reports.map(seen) });
}

export async function stateOf(service: Service, id: string): Promise<monitoring.State | undefined> {
  return (await service.getStates({ keys: [keyOf(id)] })).states[0];
}

/** The name of the error that a call ends with, or `ok`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return isHubError(error) ? error.error : `${error}`;
  }
}
