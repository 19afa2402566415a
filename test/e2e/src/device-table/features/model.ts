import { expect } from '@jest/globals';
import { Message } from 'azure-iot-device';
import { eventually } from '../../both-directions/eventually.js';
import { enrolled, type Feature } from './feature.js';

const MODEL = 'dtmi:com:example:Thermostat;1';

export const modelFeature = {
  name: 'its model',
  prove: async (cell) => {
    const { bench, deviceId } = cell;
    const client = await enrolled(cell);
    await client.setOptions({ modelId: MODEL });
    await client.open();
    await client.sendEvent(new Message('of a model'));
    const modelOf = async () => ((await bench.registry.getTwin(deviceId)).responseBody as { modelId?: string }).modelId;
    await eventually('the model in the twin', async () => (await modelOf()) === MODEL);
    const [event] = await bench.collector.ofDevice(deviceId, 1);
    expect(event?.systemProperties?.['dt-dataschema']).toBe(MODEL);
  },
} as const satisfies Feature;
