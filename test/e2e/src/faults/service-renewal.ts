import { expect, it } from '@jest/globals';
import { type HubAccess, until } from '@mooring/test-parts';
import { Amqp, AmqpWs, Client as ServiceClient } from 'azure-iothub';
import { eventually } from '../both-directions/eventually.js';
import type { Subject } from '../both-directions/subject.js';
import { token } from '../support/cast.js';

const FIRST_SECONDS = 3;
const SECOND_SECONDS = 6;
/** So seldom that the device's queue does not fill. */
const SEND_EVERY_MS = 200;

/** The owner's token, and when it ends. */
function shortLived(
  { connectionString }: HubAccess,
  seconds: number,
): { readonly text: string; readonly endsAt: number } {
  const [, host = '', policy = '', key = ''] =
    /HostName=([^;]+);SharedAccessKeyName=([^;]+);SharedAccessKey=(.*)$/.exec(connectionString) ?? [];
  const endsAt = (Math.floor(Date.now() / 1000) + seconds) * 1_000;
  return { text: token({ resource: host, key, policy, seconds }), endsAt };
}

/** What a back end may do over AMQP with a token that ends soon. */
export function serviceRenewalTests(subject: () => Subject): void {
  it('of back ends on AMQP, which send until their tokens end', async () => {
    const transports = Object.entries({ Amqp, AmqpWs });
    await Promise.all(transports.map(([name, transport]) => sendUntilRefused(subject(), `sender-${name}`, transport)));
  });
}

async function sendUntilRefused(
  { hub, registry }: Subject,
  deviceId: string,
  Transport: typeof Amqp | typeof AmqpWs,
): Promise<void> {
  await registry.create({ deviceId });
  const first = shortLived(hub, FIRST_SECONDS);
  const client = ServiceClient.fromSharedAccessSignature(first.text, Transport as never);
  const transport = (client as unknown as { _transport: Amqp })._transport;
  await client.open();
  try {
    await client.send(deviceId, 'with the first');
    const second = shortLived(hub, SECOND_SECONDS);
    await new Promise<void>((resolve, reject) =>
      transport.updateSharedAccessSignature(second.text, (error) => (error ? reject(error) : resolve())),
    );
    await eventually('the end of the first token', () => Date.now() > first.endsAt);
    await client.send(deviceId, 'with the second');
    const attempt = () =>
      client.send(deviceId, 'while the second is good').then(
        () => undefined,
        (error: unknown) => error,
      );
    const refusal = await until(attempt, { what: 'a refusal', timeoutMs: 20_000, everyMs: SEND_EVERY_MS });
    expect(Date.now()).toBeGreaterThanOrEqual(second.endsAt);
    expect(whyRefused(refusal)).toMatch(/^(UnauthorizedError|amqp:unauthorized-access)$/);
  } finally {
    await client.close().catch(() => undefined);
  }
}

/** The SDK's own error, or the hub's where the link is detached while the SDK sends. */
function whyRefused(refusal: unknown): string | undefined {
  const { amqpError } = refusal as { amqpError?: { name?: string; condition?: string } };
  return amqpError?.condition ?? amqpError?.name;
}
