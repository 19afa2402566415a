import { expect, it } from '@jest/globals';
import type { DeviceMethodRequest, DeviceMethodResponse } from 'azure-iot-device';
import { eventually } from './eventually.js';
import { type AnyClient, MQTT, newDevice, type Subject } from './subject.js';

/** Answers with what it was given. */
function echo(client: AnyClient, method: string, status = 200): void {
  const answer = (request?: DeviceMethodRequest, response?: DeviceMethodResponse) => {
    void response?.send(status, request?.payload as never);
  };
  if ('onMethod' in client) {
    client.onMethod(method, answer);
  } else {
    client.onDeviceMethod(method, answer);
  }
}

async function opened<C extends AnyClient>(client: C): Promise<C> {
  await client.open();
  return client;
}

/** What back ends that call devices, and the devices, may rely on. */
export function methodTests(subject: () => Subject): void {
  it('many calls at once are each answered with their own', async () => {
    const { service } = subject();
    const client = await opened(await newDevice(subject(), 'method-many', MQTT));
    const held: [DeviceMethodRequest, DeviceMethodResponse][] = [];
    client.onDeviceMethod('hold', (request: DeviceMethodRequest, response: DeviceMethodResponse) => {
      held.push([request, response]);
    });
    const calls = Array.from({ length: 30 }, (_, payload) =>
      service.invokeDeviceMethod('method-many', { methodName: 'hold', payload, connectTimeoutInSeconds: 30 }),
    );
    await eventually('all calls to arrive', () => held.length === calls.length);
    for (const [request, response] of held.reverse()) {
      void response.send(200, request.payload as never);
    }
    const answers = await Promise.all(calls);
    expect(answers.map(({ result }) => (result as { payload: unknown }).payload)).toEqual(
      calls.map((_, index) => index),
    );
    await client.close();
  });

  it('is refused where nobody answers', async () => {
    const { service } = subject();
    const client = await newDevice(subject(), 'method-silent', MQTT);
    const call = { methodName: 'm', payload: null, responseTimeoutInSeconds: 5 };
    await expect(service.invokeDeviceMethod('nobody', call)).rejects.toMatchObject({ name: 'DeviceNotFoundError' });
    const offline = service.invokeDeviceMethod('method-silent', call);
    await expect(offline).rejects.toMatchObject({ responseBody: expect.stringContaining('404103') });
    await client.open();
    client.onDeviceMethod('m', () => undefined);
    const silent = service.invokeDeviceMethod('method-silent', { ...call, connectTimeoutInSeconds: 30 });
    await expect(silent).rejects.toMatchObject({ responseBody: expect.stringContaining('504101') });
    await client.close();
  });

  it('waits for a device that connects within the time it may', async () => {
    const { service } = subject();
    const client = await newDevice(subject(), 'method-late', MQTT);
    echo(client, 'echo');
    const answer = service.invokeDeviceMethod('method-late', {
      methodName: 'echo',
      payload: 'late',
      connectTimeoutInSeconds: 60,
      responseTimeoutInSeconds: 30,
    });
    await client.open();
    expect((await answer).result).toEqual({ status: 200, payload: 'late' });
    await client.close();
  });
}
