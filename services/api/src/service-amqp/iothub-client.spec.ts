import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuthority, issueCertificate } from '@mooring/certificates';
import { SystemClock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { c2dqueue } from '@mooring/proto';
import { Client } from 'azure-iothub';
import { Message } from 'azure-iothub/dist/common-core/message.js';
import { openBearerTokens } from '../auth/bearer/bearer-tokens.js';
import { AUDIENCE, TestIssuer } from '../spec-support/test-issuer.js';
import { until } from './spec-support/service-client.js';
import { HOST, KEY, ServiceServer } from './spec-support/service-server.js';

const { Ack, Outcome } = c2dqueue;

/** What the client gives, which its typings leave out. */
interface FeedbackReceiver extends NodeJS.EventEmitter {
  complete(message: object): Promise<unknown>;
}

let server: ServiceServer;
let issuer: TestIssuer;
const trusted = getCACertificates('default');

beforeAll(async () => {
  const now = Date.now();
  const authority = await createAuthority('service test', now);
  const { chain, key } = await issueCertificate(authority, {
    commonName: HOST,
    names: [HOST],
    usages: ['server'],
    now,
  });
  // The client has no option for it.
  setDefaultCACertificates([...trusted, authority.pem]);
  issuer = await TestIssuer.start();
  const bearerTokens = openBearerTokens({
    issuer: issuer.url,
    audience: AUDIENCE,
    clock: new SystemClock(),
    agent: issuer.agent,
  });
  server = await ServiceServer.start({ tls: { cert: chain, key }, bearerTokens });
});
beforeEach(() => {
  server.queue.admit = async () => undefined;
  server.queue.enqueued.length = 0;
});
afterAll(async () => {
  await server.stop();
  await issuer.stop();
  setDefaultCACertificates(trusted);
});

function connectionString(policy: string): string {
  return `HostName=${server.address};SharedAccessKeyName=${policy};SharedAccessKey=${KEY}`;
}

async function withClient(client: Client, action: (client: Client) => Promise<void>): Promise<void> {
  await client.open();
  try {
    await action(client);
  } finally {
    await client.close();
  }
}

describe("azure-iothub's Client", () => {
  it('sends messages to devices', async () => {
    await withClient(Client.fromConnectionString(connectionString('service')), async (client) => {
      const message = new Message('hello');
      message.messageId = '5e0f7e2e-0c0c-4c0c-8c0c-0123456789ab';
      message.ack = 'full';
      message.contentType = 'application/json';
      message.expiryTimeUtc = Date.UTC(2040, 0, 1);
      message.properties.add('colour', 'rød');
      await client.send('a#b', message);
    });
    expect(server.queue.enqueued).toEqual([
      {
        key: { deviceId: 'a#b', moduleId: '' },
        message: {
          messageId: '5e0f7e2e-0c0c-4c0c-8c0c-0123456789ab',
          correlationId: '',
          userId: '',
          contentType: 'application/json',
          contentEncoding: '',
          expiryTimeMs: Date.UTC(2040, 0, 1),
          ack: Ack.FULL,
          properties: [{ name: 'colour', value: 'rød' }],
          body: Buffer.from('hello'),
        },
      },
    ]);
  });

  it.each([
    ['DeviceNotFound', 'DeviceNotFoundError'],
    ['DeviceMaximumQueueDepthExceeded', 'DeviceMaximumQueueDepthExceededError'],
    ['ArgumentInvalid', 'ArgumentError'],
  ] as const)('knows %s as %s', async (error, name) => {
    server.queue.admit = async () => {
      throw new HubError(error, 'No.');
    };
    await withClient(Client.fromConnectionString(connectionString('service')), async (client) => {
      await expect(client.send('d1', new Message('x'))).rejects.toMatchObject({ name });
      server.queue.admit = async () => undefined;
      await client.send('d1', new Message('y'));
    });
  });

  it('is told that it may not', async () => {
    const client = Client.fromConnectionString(connectionString('registryRead'));
    await expect(client.open()).rejects.toMatchObject({
      amqpError: { name: 'UnauthorizedError', message: expect.stringContaining('lacks ServiceConnect') },
    });
  });

  it('receives feedback and completes it', async () => {
    const token = server.queue.addFeedback({ originalMessageId: 'm1', statusCode: 'Success', deviceId: 'd1' });
    await withClient(Client.fromConnectionString(connectionString('service')), async (client) => {
      const { result } = (await client.getFeedbackReceiver()) as unknown as { result: FeedbackReceiver };
      const message = await new Promise<{ getData(): Buffer }>((resolve) => result.once('message', resolve));
      expect(JSON.parse(message.getData().toString())).toMatchObject([{ originalMessageId: 'm1', deviceId: 'd1' }]);
      await result.complete(message);
      await until(() => server.queue.settled.length === 1);
    });
    expect(server.queue.settled).toEqual([{ token, outcome: Outcome.COMPLETE }]);
  });

  it('sends with the token of an identity provider', async () => {
    const credential = {
      getToken: async () => ({ token: await issuer.token(), expiresOnTimestamp: Date.now() + 600_000 }),
    };
    await withClient(Client.fromTokenCredential(server.address, credential), (client) =>
      client.send('d1', new Message('x')).then(() => undefined),
    );
    expect(server.queue.enqueued).toHaveLength(1);
  });
});
