import { EventHubConsumerClient, type ReceivedEventData } from '@azure/event-hubs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSasToken, sasKeyFromBase64, sasKeyFromText } from '@mooring/credentials';
import rhea, { type AmqpError, type Connection, type EventContext, type Message } from 'rhea';
import { Cluster, KEY } from '../../event-hubs/spec-support/event-hub-server.js';
import { Cbs, once, refusal } from '../spec-support/service-client.js';
import { HOST, ServiceServer } from '../spec-support/service-server.js';

const MANAGEMENT = `amqps://${HOST}/messages/events/$management`;

let cluster: Cluster;
let server: ServiceServer;

beforeAll(async () => {
  cluster = await Cluster.start();
  const { endpoint } = await cluster.startServer('redirect');
  server = await ServiceServer.start({ beside: endpoint, policies: cluster.policies });
});
afterAll(async () => {
  await server.stop();
  await cluster.stop();
});

function token(resource: string, key = sasKeyFromBase64(KEY)): string {
  return createSasToken({ resource, key, se: Math.floor(Date.now() / 1000) + 600, policy: 'service' });
}

/** The explorer signs for the part of the hub that it asks. */
function explorer(): Connection {
  return server.connect({ username: 'service@sas.root.localhost', password: token(`${HOST}/messages/events`) });
}

async function redirected(connection: Connection, address = MANAGEMENT): Promise<AmqpError | undefined> {
  const link = connection.open_receiver({ source: { address } });
  const attached = once(link, 'receiver_open');
  const error = await refusal(link);
  await attached;
  return error;
}

describe('a client that asks the hub for events', () => {
  it('is sent on to the built-in endpoint, whose name it finds in the address', async () => {
    const error = await redirected(explorer());
    expect(error).toMatchObject({ condition: 'amqp:link:redirect' });
    const port = Number(server.address.split(':')[1]);
    expect(error?.info).toMatchObject({
      hostname: HOST,
      'network-host': HOST,
      port,
      address: `amqps://${HOST}:${port}/events/$management`,
    });
    const { address } = (error?.info ?? {}) as { address?: string };
    expect(/:\d+\/(.*)\/\$management/i.exec(address ?? '')?.[1]).toBe('events');
  });

  it("is sent on with a token that was put, as the command line's extension does it", async () => {
    const connection = server.connect();
    const cbs = await Cbs.open(connection);
    const type = Buffer.from('servicebus.windows.net:sastoken');
    expect(await cbs.put(HOST, token(HOST), { type })).toEqual([200, 'OK']);
    expect(await redirected(connection)).toMatchObject({ condition: 'amqp:link:redirect' });
    expect(await redirected(connection, '/messages/events/ConsumerGroups/$Default/Partitions/1')).toMatchObject({
      info: { address: `amqps://${server.address}/events/ConsumerGroups/$Default/Partitions/1` },
    });
  });

  it('is sent on at its first question, as old Event Hubs clients with a connection string of the hub ask', async () => {
    const connection = server.connect({ username: 'anyone' });
    const cbs = await Cbs.open(connection);
    const audience = `sb://${HOST}/messages/events/$management`;
    expect(await cbs.put(audience, token(audience))).toEqual([200, 'OK']);
    const sender = connection.open_sender({ target: { address: '/messages/events/$management' } });
    expect(await refusal(sender)).toMatchObject({ condition: 'amqp:link:redirect' });
  });

  it('is refused without a token', async () => {
    const count = (outcome: string) => server.count('mooring_api_service_links_total', { link: 'events', outcome });
    const before = await count('redirected');
    expect(await redirected(server.connect())).toMatchObject({ condition: 'amqp:unauthorized-access' });
    expect([await count('redirected'), await count('IotHubUnauthorized')]).toEqual([before, 1]);
    await redirected(explorer());
    expect(await count('redirected')).toBe(before + 1);
  });

  it('reads the events there, by a time as the explorer and the extension write it', async () => {
    const connection = server.connect({ username: 'anyone' });
    const cbs = await Cbs.open(connection);
    await cbs.put(`sb://${HOST}/events`, token(`sb://${HOST}/events`, sasKeyFromText(KEY)));
    await cluster.append('device', ['early', 'late']);
    const filter = { 'apache.org:selector-filter:string': selector('amqp.annotation.x-opt-enqueuedtimeutc > 0') };
    const bodies = new Promise<string[]>((resolve) => {
      const seen: string[] = [];
      for (const partition of [0, 1]) {
        const address = `amqps://${HOST}/events/ConsumerGroups/$Default/Partitions/${partition}`;
        const link = connection.open_receiver({ source: { address, filter } } as object);
        link.on('message', ({ message }: EventContext) => {
          seen.push(textOf(message));
          if (seen.length === 2) {
            resolve(seen);
          }
        });
      }
    });
    expect(await bodies).toEqual(['early', 'late']);
  });

  it('reads the events there with the client of Event Hubs', async () => {
    const [host, port] = server.address.split(':');
    const client = new EventHubConsumerClient(
      '$Default',
      `Endpoint=sb://${host}:${port};SharedAccessKeyName=service;SharedAccessKey=${KEY};EntityPath=events;UseDevelopmentEmulator=true`,
      { retryOptions: { maxRetries: 0, timeoutInMs: 10_000 } },
    );
    await cluster.append('another', ['one']);
    const event = await new Promise<ReceivedEventData>((resolve, reject) => {
      const handlers = {
        processEvents: async ([first]: ReceivedEventData[]) => {
          if (first !== undefined) {
            resolve(first);
          }
        },
        processError: async (error: Error) => reject(error),
      };
      client.subscribe(handlers, { startPosition: { offset: '-1' }, maxWaitTimeInSeconds: 1 });
    });
    expect(event.systemProperties).toMatchObject({ 'iothub-message-source': 'Telemetry' });
    await client.close();
  });
});

function textOf(message: Message | undefined): string {
  return String((message?.body as { content: Buffer } | undefined)?.content);
}

function selector(value: string): unknown {
  // The number by which clients describe the filter.
  return rhea.types.wrap_described(value, 77_567_109_365_764);
}
