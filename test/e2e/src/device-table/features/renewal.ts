import { expect } from '@jest/globals';
import { until } from '@mooring/test-parts';
import { type Client, Message } from 'azure-iot-device';
import { eventually } from '../../both-directions/eventually.js';
import type { Feature } from './feature.js';
import { echo } from './methods.js';

const TOKEN_SECONDS = 5;
const MARGIN_SECONDS = 3;

/** A device goes on with another token: its client makes one itself of a key, and else is given one. */
export const renewalFeature = {
  name: 'other tokens',
  prove: async ({ bench, transport, authentication, deviceId, closing }) => {
    const { client: clientOf, renew = untilRenewed } = await authentication.enrol(bench, deviceId);
    const client = closing(await clientOf(transport));
    if (authentication.name === 'key') {
      const tokenRenewal = { tokenValidTimeInSeconds: TOKEN_SECONDS, tokenRenewalMarginInSeconds: MARGIN_SECONDS };
      await client.setOptions({ tokenRenewal, ...transport.options });
    }
    await client.open();
    const listens = transport.name !== 'Http';
    if (listens) {
      client.onDeviceMethod('echo', echo);
    }
    await client.sendEvent(new Message('before'));
    await renew(client);
    await client.sendEvent(new Message('after'));
    if (listens) {
      const call = { methodName: 'echo', payload: 'after', connectTimeoutInSeconds: 30 };
      const { result } = await bench.service.invokeDeviceMethod(deviceId, call);
      expect(result).toEqual({ status: 299, payload: 'after' });
    }
    await eventually('the last message', async () =>
      (await bench.collector.ofDevice(deviceId, 1)).some(({ body }) => String(body) === 'after'),
    );
  },
} as const satisfies Feature;

/** Until the first token has ended, and so another has taken its place. */
async function untilRenewed(client: Client): Promise<void> {
  const end = Date.now() + (TOKEN_SECONDS + 1) * 1_000;
  await until(
    async () => {
      await client.sendEvent(new Message('before'));
      return Date.now() > end;
    },
    { what: 'the end of the first token', timeoutMs: 30_000, everyMs: 250 },
  );
}
