import { expect } from '@jest/globals';
import type { DeviceMethodRequest, DeviceMethodResponse } from 'azure-iot-device';
import { enrolled, type Feature } from './feature.js';

const PAYLOADS: readonly unknown[] = [null, '', 'foo', {}, { k1: 'v1', list: [1, 2, { deep: null }] }];

/** Answers a call with what it brought. */
export function echo(request?: DeviceMethodRequest, response?: DeviceMethodResponse): void {
  void response?.send(299, request?.payload as never);
}

export const methodFeature = {
  name: 'methods',
  prove: async (cell) => {
    const client = await enrolled(cell);
    await client.open();
    client.onDeviceMethod('echo', echo);
    for (const payload of PAYLOADS) {
      const call = { methodName: 'echo', payload, connectTimeoutInSeconds: 30, responseTimeoutInSeconds: 45 };
      const { result } = await cell.bench.service.invokeDeviceMethod(cell.deviceId, call);
      expect(result).toEqual({ status: 299, payload });
    }
  },
} as const satisfies Feature;
