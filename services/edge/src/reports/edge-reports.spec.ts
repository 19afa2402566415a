import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@mooring/operations';
import type { monitoring } from '@mooring/proto';
import { token } from '../mqtt-client.spec-support.js';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';

let edge: TestEdge;
let operations: Operation[];
let connections: monitoring.ConnectionReport[];
let lives: string[];
let activities: monitoring.Activity[];

function unused(): never {
  throw new Error('an edge does not call this');
}

beforeEach(async () => {
  operations = [];
  connections = [];
  lives = [];
  activities = [];
  edge = await TestEdge.start({
    more: {
      operations: { record: (operation) => void operations.push(operation) },
      monitoringService: {
        reportConnections: async ({ reports, incarnation }) => {
          connections.push(...reports);
          lives.push(incarnation);
          return {};
        },
        reportActivity: async (request) => {
          activities.push(...request.activities);
          return {};
        },
        getStates: unused,
        reportUsage: unused,
        countConnected: unused,
        listOperations: unused,
      },
    },
  });
});
afterEach(() => edge.stop());

const WRONG = { password: token('d1', { key: Buffer.alloc(32).toString('base64') }) };

describe('operation records', () => {
  it('tell of a connection and its end', async () => {
    const client = await edge.connected({ clientId: 'd1/m1' });
    await edge.pass(7);
    client.send({ cmd: 'disconnect' });
    await client.closing();
    const [holder] = connections;
    const epoch = String(holder?.epoch);
    expect(operations).toEqual([
      {
        category: 'Connections',
        operationName: 'deviceConnect',
        level: 'Information',
        deviceId: 'd1',
        moduleId: 'm1',
        durationMs: 0,
        properties: {
          protocol: 'Mqtt',
          authType: '{"scope":"module","type":"sas","issuer":"iothub","acceptingIpFilterRule":null}',
          maskedIpAddress: '192.0.2.XXX',
          edge: 'edge-1',
          epoch,
        },
      },
      {
        category: 'Connections',
        operationName: 'deviceDisconnect',
        level: 'Information',
        deviceId: 'd1',
        moduleId: 'm1',
        resultDescription: 'client-disconnected',
        durationMs: 7_000,
        properties: { edge: 'edge-1', epoch },
      },
    ]);
  });

  it('tell why a device was refused, with the number that Azure has for it', async () => {
    await edge.open().connect({ clientId: 'nobody' });
    await edge.open().connect(WRONG);
    edge.identity.unreachable = true;
    await edge.open().connect({ clientId: 'd2' });
    expect(
      operations.map(({ deviceId, level, resultType, resultDescription }) => [
        deviceId,
        level,
        resultType,
        resultDescription,
      ]),
    ).toEqual([
      ['nobody', 'Error', '404001', 'unknown-identity'],
      ['d1', 'Error', '401003', 'wrong-signature'],
      ['d2', 'Error', '503001', 'dependency-unavailable'],
    ]);
  });

  it('of refusals are so many a second only, the rest is counted', async () => {
    for (let attempt = 0; attempt < 8; attempt++) {
      await edge.open().connect(WRONG);
    }
    expect(operations).toHaveLength(5);
    expect(await edge.metric('mooring_edge_refusals_unrecorded_total')).toContain(' 3');
    edge.clock.advance(1_000);
    await edge.open().connect(WRONG);
    expect(operations).toHaveLength(6);
  });

  it('tell of take-overs, and of the connection that lost its identity', async () => {
    await edge.connected();
    await edge.connected();
    await turn();
    const told = operations.map(({ operationName, resultType, resultDescription }) => [
      operationName,
      resultType,
      resultDescription,
    ]);
    expect(told).toEqual([
      ['deviceConnect', undefined, undefined],
      ['deviceTakeOver', undefined, 'local'],
      ['deviceDisconnect', '400027', 'taken-over'],
      ['deviceConnect', undefined, undefined],
    ]);
  });
});

describe('monitoring', () => {
  const states = () => connections.map(({ key, connected }) => `${key?.deviceId} ${connected}`);

  it('is told who is connected, once a second and again under a new lease', async () => {
    const client = await edge.connected({ keepalive: 600 });
    await edge.pass(1);
    expect(states()).toEqual(['d1 true']);
    const [held] = await edge.affinity.holders(['d1']);
    await edge.affinity.endLease('edge-1', held?.incarnation ?? '');
    await edge.pass(4);
    expect(states()).toEqual(['d1 true', 'd1 true']);
    expect(new Set(lives).size).toBe(2);
    client.vanish();
    await edge.pass(2);
    expect(states()).toEqual(['d1 true', 'd1 true', 'd1 false']);
  });

  it('is told what a drain has closed before the edge ends', async () => {
    await edge.connected();
    await edge.stop();
    expect(states()).toEqual(['d1 false']);
  });

  it('is told of activity every five minutes at most, and not of a device that is silent', async () => {
    const client = await edge.connected({ keepalive: 1_000 });
    await edge.connected({ clientId: 'd2', keepalive: 1_000 });
    const publish = async () => {
      client.publish(TELEMETRY, 'x', 1);
      await client.acknowledgements(1);
    };
    await edge.pass(310);
    activities.length = 0;
    for (let minute = 0; minute < 10; minute++) {
      await publish();
      await edge.pass(60);
    }
    expect(activities.map(({ key }) => key?.deviceId)).toEqual(['d1', 'd1']);
    expect(edge.clock.now() - (activities[1]?.timeMs ?? 0)).toBeLessThanOrEqual(6 * 60_000);
  });
});
