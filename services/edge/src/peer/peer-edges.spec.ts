import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Held, ProcessLease } from '@mooring/affinity';
import type { edge } from '@mooring/proto';
import { deviceIdentity } from '../device-session/device-identity.js';
import { PeerEdges } from './peer-edges.js';

const held: Held = { edge: 'e2', incarnation: 'i', connection: 'c', epoch: 1 };

let leases: ProcessLease[];
let reads: number;
let calls: [string, edge.CloseConnectionsRequest][];
let edges: PeerEdges;

beforeEach(() => {
  leases = [{ process: 'e2', incarnation: 'i', address: 'e2:1' }];
  reads = 0;
  calls = [];
  const contract = (address: string): edge.EdgeService => ({
    closeConnections: async (request) => {
      calls.push([address, request]);
      return { confirmed: request.connections.map(({ epoch }) => epoch > 5) };
    },
    findConnections: () => Promise.reject(new Error('not asked')),
  });
  const liveProcesses = async () => {
    reads++;
    return leases;
  };
  edges = new PeerEdges({ peers: { edge: contract }, affinity: { liveProcesses } });
});

describe('other edges', () => {
  it('are asked at the address of their lease, in one call for what comes together', async () => {
    const answers = await Promise.all([
      edges.close(held, deviceIdentity('d1'), 5),
      edges.close(held, deviceIdentity('d1', 'm1'), 6),
    ]);
    expect(answers).toEqual([false, true]);
    const connections = [
      { key: { deviceId: 'd1', moduleId: '' }, epoch: 5 },
      { key: { deviceId: 'd1', moduleId: 'm1' }, epoch: 6 },
    ];
    expect(calls).toEqual([['e2:1', { connections }]]);
    await edges.close(held, deviceIdentity('d1'), 7);
    expect(reads).toBe(1);
  });

  it('are looked up anew when they are another life of their process', async () => {
    await edges.close(held, deviceIdentity('d1'), 7);
    leases = [{ process: 'e2', incarnation: 'j', address: 'e2:2' }];
    expect(await edges.close({ ...held, incarnation: 'j' }, deviceIdentity('d1'), 8)).toBe(true);
    expect(calls.map(([address]) => address)).toEqual(['e2:1', 'e2:2']);
  });

  it('confirm nothing if their life is over, or they tell no address', async () => {
    leases = [{ process: 'e2', incarnation: 'i' }];
    expect(await edges.close(held, deviceIdentity('d1'), 7)).toBe(false);
    leases = [];
    expect(await edges.close(held, deviceIdentity('d1'), 7)).toBe(false);
    expect(calls).toEqual([]);
  });
});
