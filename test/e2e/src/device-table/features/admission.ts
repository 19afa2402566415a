import { expect } from '@jest/globals';
import { Message } from 'azure-iot-device';
import { enrolled, type Feature } from './feature.js';

export const admissionFeatures = [
  {
    name: 'no other than itself',
    prove: async ({ bench, transport, authentication, deviceId, closing }) => {
      const enrolment = await authentication.enrol(bench, deviceId);
      const client = closing(await enrolment.intruder(transport));
      // Over HTTPS nothing is asked of the hub before there is something to send.
      const attempt = client.open().then(() => client.sendEvent(new Message('x')));
      await expect(attempt).rejects.toMatchObject({ name: 'UnauthorizedError' });
    },
  },
  {
    name: 'no device that is not registered',
    prove: async (cell) => {
      const client = await enrolled(cell);
      await cell.bench.registry.delete(cell.deviceId);
      const attempt = client.open().then(() => client.sendEvent(new Message('x')));
      await expect(attempt).rejects.toMatchObject({ name: 'UnauthorizedError' });
    },
  },
] as const satisfies readonly Feature[];
