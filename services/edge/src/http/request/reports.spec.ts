import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Operation } from '@mooring/operations';
import type { monitoring } from '@mooring/proto';
import { token } from '../../mqtt-client.spec-support.js';
import { HttpEdge } from '../http-edge.spec-support.js';

const EVENTS = '/devices/d1/messages/events';

let edge: HttpEdge;
let operations: Operation[];
let activities: monitoring.Activity[];

function unused(): never {
  throw new Error('no request asks for this');
}

beforeEach(async () => {
  operations = [];
  activities = [];
  edge = await HttpEdge.start({
    more: {
      operations: { record: (operation) => void operations.push(operation) },
      monitoringService: {
        reportConnections: async () => ({}),
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

describe('monitoring is told of devices that hold no connection', () => {
  it('every five minutes at most, with the time of their last request', async () => {
    await edge.test.pass(1);
    await edge.send(EVENTS);
    const heardAt: number[] = [];
    for (let minute = 0; minute < 7; minute++) {
      await edge.test.pass(60);
      await edge.send(EVENTS);
      heardAt.push(edge.test.clock.now());
    }
    expect(activities).toEqual([
      { key: { deviceId: 'd1', moduleId: '' }, generationId: '638000000000000000', timeMs: heardAt[3] },
    ]);
  });

  it('and before the process ends, but not of who was refused', async () => {
    await edge.test.pass(1);
    await edge.send(EVENTS);
    await edge.send('/devices/d2/messages/events', { authorization: token('d1') });
    await edge.test.edge.stop();
    expect(activities.map(({ key }) => key?.deviceId)).toEqual(['d1']);
  });
});

describe('operation records', () => {
  it('tell who was refused, why and from where', async () => {
    await edge.send(EVENTS, { authorization: token('d1', { key: Buffer.alloc(32).toString('base64') }) });
    await edge.send('/devices/nobody/messages/events');
    await edge.send('/devices/%20/messages/events');
    expect(operations[0]).toEqual({
      category: 'Connections',
      operationName: 'deviceConnect',
      level: 'Error',
      deviceId: 'd1',
      resultType: '401003',
      resultDescription: 'wrong-signature',
      properties: { protocol: 'Https', maskedIpAddress: '192.0.2.XXX', edge: 'edge-1' },
    });
    expect(operations.slice(1).map(({ deviceId, resultType }) => [deviceId, resultType])).toEqual([
      ['nobody', '404001'],
      ['', '404001'],
    ]);
  });

  it('tell of telemetry that was not taken', async () => {
    await edge.send(EVENTS, { body: Buffer.alloc(256 * 1024 + 1) });
    await edge.send('/devices/d1/modules/m1/messages/events', {
      authorization: token('d1/m1'),
      headers: { 'iothub-expiry': 'never' },
    });
    await edge.send(EVENTS);
    expect(operations.map(({ properties, ...operation }) => operation)).toEqual([
      {
        category: 'DeviceTelemetry',
        operationName: 'ingress',
        level: 'Error',
        deviceId: 'd1',
        resultType: '413001',
        resultDescription: 'The messages of a request have at most 262144 bytes together.',
      },
      {
        category: 'DeviceTelemetry',
        operationName: 'ingress',
        level: 'Error',
        deviceId: 'd1',
        moduleId: 'm1',
        resultType: '400004',
        resultDescription: 'The expiry of a message is not a time.',
      },
    ]);
  });

  it('are so many a second only, the rest is counted', async () => {
    for (let attempt = 0; attempt < 8; attempt++) {
      await edge.send(EVENTS, { headers: { 'iothub-expiry': 'never' } });
    }
    expect(operations).toHaveLength(5);
    expect(await edge.test.metric('mooring_edge_refusals_unrecorded_total')).toContain(' 3');
  });
});
