import { expect } from '@jest/globals';
import { Message } from 'azure-iot-device';
import { enrolled, type Feature } from './feature.js';

const LARGEST_BODY = 255 * 1024;

export const telemetryFeatures = [
  {
    name: 'telemetry with its properties',
    prove: async (cell) => {
      const { bench, deviceId, authentication, transport } = cell;
      const client = await enrolled(cell);
      await client.open();
      const message = new Message(JSON.stringify({ temperature: 21.5 }));
      message.messageId = 'message-1';
      message.correlationId = 'correlation 1/2';
      message.userId = 'user';
      message.contentType = 'application/json';
      message.contentEncoding = 'utf-8';
      message.properties.add('colour', 'dark red & green=blue');
      message.properties.add('iothub-connection-device-id', 'forged');
      // What a header of HTTP cannot hold, the SDK does not send.
      const others = transport.name === 'Http' ? {} : { ключ: 'значение' };
      for (const [name, value] of Object.entries(others)) {
        message.properties.add(name, value);
      }
      await client.sendEvent(message);

      const [event] = await bench.collector.ofDevice(deviceId, 1);
      const { generationId } = (await bench.registry.get(deviceId)).responseBody as { generationId?: string };
      expect(event).toMatchObject({
        body: { temperature: 21.5 },
        messageId: 'message-1',
        correlationId: 'correlation 1/2',
        contentType: 'application/json',
        properties: { colour: 'dark red & green=blue', ...others },
        systemProperties: {
          'iothub-connection-device-id': deviceId,
          'iothub-connection-auth-generation-id': generationId,
          'iothub-message-source': 'Telemetry',
        },
      });
      const method: unknown = JSON.parse(event?.systemProperties?.['iothub-connection-auth-method']);
      const scope = authentication.name === 'token of a policy' ? 'hub' : 'device';
      const issuer = authentication.type === 'x509' ? 'external' : 'iothub';
      expect(method).toMatchObject({ scope, type: expect.stringContaining(authentication.type), issuer });
    },
  },
  {
    name: 'an empty message',
    prove: async (cell) => {
      const client = await enrolled(cell);
      await client.open();
      const message = new Message(Buffer.alloc(0));
      message.messageId = 'ffffffff-eeee-4ddd-8ccc-bbbbbbbbbbbb';
      await client.sendEvent(message);
      const [event] = await cell.bench.collector.ofDevice(cell.deviceId, 1);
      expect(event?.messageId).toBe(message.messageId);
      expect(event?.body).toHaveLength(0);
    },
  },
  {
    name: 'the largest message',
    prove: async (cell) => {
      const client = await enrolled(cell);
      await client.open();
      await client.sendEvent(new Message(Buffer.alloc(LARGEST_BODY, 7)));
      const [event] = await cell.bench.collector.ofDevice(cell.deviceId, 1);
      expect(Buffer.from(event?.body).equals(Buffer.alloc(LARGEST_BODY, 7))).toBe(true);
    },
  },
] as const satisfies readonly Feature[];
