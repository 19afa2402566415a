import { expect } from '@jest/globals';
import { Message } from 'azure-iot-device';
import { enrolled, type Feature } from './feature.js';

export const batchFeature = {
  name: 'a batch',
  prove: async (cell) => {
    const client = await enrolled(cell);
    await client.open();
    const first = new Message('one');
    first.properties.add('k', 'v');
    await client.sendEventBatch([first, new Message(Buffer.alloc(0)), new Message('three')]);
    const [one, empty, three] = await cell.bench.collector.ofDevice(cell.deviceId, 3);
    expect(one).toMatchObject({ body: Buffer.from('one'), properties: { k: 'v' } });
    expect(empty?.body).toHaveLength(0);
    expect(String(three?.body)).toBe('three');
  },
} as const satisfies Feature;
