import { monitoring } from '@mooring/proto';

/** What a test expects to be called, and answers. */
export type MonitoringCalls = Partial<monitoring.MonitoringService>;

/** The monitoring service as a test wants it: it knows nothing unless told, and is called for nothing else. */
export function fakeMonitoring(calls: MonitoringCalls = {}): monitoring.MonitoringService {
  return {
    reportConnections: unexpected,
    reportActivity: unexpected,
    getStates: async ({ keys }) => ({ states: keys.map(() => monitoring.State.fromPartial({})) }),
    countConnected: async () => ({ connectedDeviceCount: 0 }),
    reportUsage: unexpected,
    listOperations: unexpected,
    ...calls,
  };
}

async function unexpected(): Promise<never> {
  throw new Error('The monitoring service is not expected to be called so');
}
