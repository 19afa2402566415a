import { setImmediate as turn } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { Message as CloudMessage } from 'azure-iot-common';
import type { Client, Message } from 'azure-iot-device';
import { eventually } from '../../both-directions/eventually.js';
import type { TableBench } from '../bench.js';
import { enrolled, type Feature } from './feature.js';

const LARGEST = 64 * 1024 - 512;
const TOO_LARGE = 65 * 1024;

export const messageFeatures = [
  {
    name: 'messages, completed',
    prove: async (cell) => {
      const { bench, deviceId, transport } = cell;
      const client = await enrolled(cell);
      const message = textMessage('id 1/2');
      message.correlationId = 'correlation';
      message.properties.add('colour', 'dark red & green=blue + more');
      await bench.service.send(deviceId, message);
      await bench.service.send(deviceId, new CloudMessage(Buffer.alloc(0)));
      await bench.service.send(deviceId, new CloudMessage(Buffer.alloc(LARGEST, 7)));
      const received = decided(client, 'complete');
      await client.open();
      await eventually('three messages', () => received.length === 3);
      const [first, empty, large] = received;
      expect(first).toMatchObject({ messageId: 'id 1/2', correlationId: 'correlation' });
      // Over HTTPS the SDK leaves the names as headers have them.
      const name = transport.name === 'Http' ? 'iothub-app-colour' : 'colour';
      expect(first?.properties.getValue(name)).toBe('dark red & green=blue + more');
      expect(first?.getData().toString()).toBe('id 1/2');
      expect([empty?.getBytes().length, large?.getBytes().length]).toEqual([0, LARGEST]);
      await untilEmpty(bench, deviceId);
    },
  },
  {
    name: 'messages, rejected and abandoned',
    prove: async (cell) => {
      const { bench, deviceId } = cell;
      const client = await enrolled(cell);
      const received = decided(client, ({ messageId }, isFirst) =>
        messageId === 'rejected' ? 'reject' : messageId === 'abandoned' && isFirst ? 'abandon' : 'complete',
      );
      await client.open();
      for (const id of ['completed', 'rejected', 'abandoned']) {
        await bench.service.send(deviceId, textMessage(id));
      }
      await eventually('four deliveries', () => received.length >= 4);
      const ids = received.map(({ messageId }) => messageId);
      expect(ids.toSorted()).toEqual(['abandoned', 'abandoned', 'completed', 'rejected']);
      await untilEmpty(bench, deviceId);
    },
  },
  {
    name: 'a message that is too large for it',
    prove: async (cell) => {
      const { bench, deviceId } = cell;
      const client = await enrolled(cell);
      const received = decided(client, 'complete');
      await client.open();
      await expect(bench.service.send(deviceId, new CloudMessage(Buffer.alloc(TOO_LARGE)))).rejects.toThrow();
      await bench.service.send(deviceId, textMessage('small'));
      await eventually('the next message', () => received.length > 0);
      expect(received.map(({ messageId }) => messageId)).toEqual(['small']);
    },
  },
] as const satisfies readonly Feature[];

export function textMessage(id: string): CloudMessage {
  const message = new CloudMessage(id);
  message.messageId = id;
  return message;
}

type Decision = 'complete' | 'reject' | 'abandon';

/** Messages that a device was given and has decided on, oldest first. */
export function decided(
  client: Client,
  decide: Decision | ((message: Message, isFirst: boolean) => Decision),
): readonly Message[] {
  const received: Message[] = [];
  // What is decided of two neighbours in one turn, the rhea of the SDK sends as one outcome: that of the first.
  let settled: Promise<unknown> = Promise.resolve();
  client.on('message', (message: Message) => {
    const isFirst = received.every(({ messageId }) => messageId !== message.messageId);
    received.push(message);
    const decision = typeof decide === 'string' ? decide : decide(message, isFirst);
    settled = settled.then(() => client[decision](message)).then(() => turn());
  });
  return received;
}

async function untilEmpty({ registry }: TableBench, deviceId: string): Promise<void> {
  await eventually(
    'the queue to be empty',
    async () => Number((await registry.get(deviceId)).responseBody.cloudToDeviceMessageCount) === 0,
  );
}
