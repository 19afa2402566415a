import { expect } from '@jest/globals';
import { Message as CloudMessage } from 'azure-iot-common';
import { eventually } from '../both-directions/eventually.js';
import type { JavaBench, JavaFeature } from './features.js';
import { PROTOCOLS } from './java-sdk.js';
import { newDevice } from './new-client.js';

const LARGEST = 64 * 1024 - 512;

function text(id: string): CloudMessage {
  const message = new CloudMessage(id);
  message.messageId = id;
  return message;
}

async function untilEmpty({ subject: { registry } }: JavaBench, deviceId: string): Promise<void> {
  await eventually(
    'the queue to be empty',
    async () => Number((await registry.get(deviceId)).responseBody.cloudToDeviceMessageCount) === 0,
  );
}

export const messageFeatures: readonly JavaFeature[] = [
  {
    name: 'receives messages with their properties',
    protocols: PROTOCOLS,
    prove: async (bench, protocol, deviceId) => {
      const { service } = bench.subject;
      const client = await newDevice(bench, deviceId, { protocol });
      const first = text('id-1');
      first.correlationId = 'correlation';
      first.contentType = 'application/json';
      first.contentEncoding = 'utf-8';
      first.properties.add('colour', 'dark red + more');
      await service.send(deviceId, first);
      await service.send(deviceId, new CloudMessage(Buffer.alloc(0)));
      await service.send(deviceId, new CloudMessage(Buffer.alloc(LARGEST, 7)));
      await client.receive();
      await client.open();
      await eventually('three messages', () => client.received.length === 3);
      expect(client.received[0]).toMatchObject({
        body: Buffer.from('id-1'),
        messageId: 'id-1',
        correlationId: 'correlation',
        properties: { colour: 'dark red + more' },
      });
      expect(client.received.slice(1).map(({ body }) => body.length)).toEqual([0, LARGEST]);
      await untilEmpty(bench, deviceId);
      await client.close();
    },
  },
  {
    name: 'completes, rejects and abandons messages',
    protocols: ['AMQPS', 'AMQPS_WS', 'HTTPS'],
    prove: async (bench, protocol, deviceId) => {
      const client = await newDevice(bench, deviceId, { protocol });
      await client.receive({ rejected: ['REJECT'], abandoned: ['ABANDON'] });
      await client.open();
      for (const id of ['completed', 'rejected', 'abandoned']) {
        await bench.subject.service.send(deviceId, text(id));
      }
      await eventually('four deliveries', () => client.received.length === 4);
      const ids = client.received.map(({ messageId }) => messageId);
      expect(ids.toSorted()).toEqual(['abandoned', 'abandoned', 'completed', 'rejected']);
      await untilEmpty(bench, deviceId);
      await client.close();
    },
  },
];
