import {
  EventHubConsumerClient,
  EventHubProducerClient,
  type EventPosition,
  latestEventPosition,
  type ReceivedEventData,
} from '@azure/event-hubs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { partitionOf } from '@mooring/event-log';
import { Cluster, type EventHubServer, TOPICS } from './spec-support/event-hub-server.js';

describe('the built-in endpoint, read by @azure/event-hubs', () => {
  let cluster: Cluster;
  let server: EventHubServer;
  const clients: EventHubConsumerClient[] = [];

  beforeAll(async () => {
    cluster = await Cluster.start();
    server = await cluster.startServer('one');
  });
  // Clients close their links in the background.
  afterEach(() => until(async () => (await cluster.receivers()) === 0));
  afterAll(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await cluster.stop();
  });

  function client(group = '$Default', at = server): EventHubConsumerClient {
    const made = new EventHubConsumerClient(group, at.connectionString(), {
      retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    });
    clients.push(made);
    return made;
  }

  /** A device whose events go to a partition, and the partition's id. */
  function device(partition: number): { id: string; partition: string } {
    for (let n = 0; ; n++) {
      const id = `device-${partition}-${n}`;
      if (partitionOf(id, 2) === partition) {
        return { id, partition: String(partition) };
      }
    }
  }

  /** Reads until `count` events have come. */
  function receive(reader: EventHubConsumerClient, options: ReceiveOptions): Promise<ReceivedEventData[]> {
    const { partition, from, count, ownerLevel, track } = options;
    const events: ReceivedEventData[] = [];
    return new Promise((resolve, reject) => {
      const subscription = reader.subscribe(
        partition,
        {
          processEvents: async (batch, context) => {
            events.push(...batch);
            options.seen?.(context.lastEnqueuedEventProperties);
            if (events.length >= count) {
              await subscription.close();
              resolve(events);
            }
          },
          processError: async (error) => {
            await subscription.close();
            reject(error);
          },
        },
        {
          startPosition: from,
          maxWaitTimeInSeconds: 1,
          ...(ownerLevel === undefined ? {} : { ownerLevel }),
          trackLastEnqueuedEventProperties: track ?? false,
        },
      );
    });
  }

  it('tells the properties of the hub and of its partitions', async () => {
    const reader = client();
    const hub = await reader.getEventHubProperties();
    expect(hub).toMatchObject({ name: 'events', partitionIds: ['0', '1'], createdOn: new Date(Date.UTC(2026, 0, 1)) });
    const empty = await reader.getPartitionProperties('1');
    expect(empty).toMatchObject({ partitionId: '1', isEmpty: true, lastEnqueuedSequenceNumber: -1 });
    await cluster.append(device(1).id, ['a', 'b']);
    const filled = await reader.getPartitionProperties('1');
    expect(filled).toMatchObject({
      isEmpty: false,
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: 1,
      lastEnqueuedOffset: '1',
    });
    expect(Date.now() - filled.lastEnqueuedOnUtc.getTime()).toBeLessThan(60_000);
    await expect(reader.getPartitionProperties('7')).rejects.toThrow();
  });

  it('gives each event its stamps, properties and body', async () => {
    const { id, partition } = device(0);
    await cluster.append(id, ['{"t":21}'], {
      'iothub-enqueuedtime': '2026-05-04T03:02:01.500Z',
      'iothub-connection-auth-generation-id': '637',
      'message-id': '5e0f7e2e-0c0c-4c0c-8c0c-0123456789ab',
      'correlation-id': 'c1',
      'content-type': 'application/json',
      'content-encoding': 'utf-8',
      colour: 'rød',
      'property:message-id': 'mine',
    });
    const [event] = await receive(client(), { partition, from: { offset: '-1' }, count: 1 });
    expect(event).toMatchObject({
      body: { t: 21 },
      sequenceNumber: 0,
      offset: '0',
      messageId: '5e0f7e2e-0c0c-4c0c-8c0c-0123456789ab',
      correlationId: 'c1',
      contentType: 'application/json',
      properties: { colour: 'rød', 'message-id': 'mine' },
      systemProperties: {
        'iothub-connection-device-id': id,
        'iothub-message-source': 'Telemetry',
        'iothub-connection-auth-generation-id': '637',
        'iothub-enqueuedtime': Date.parse('2026-05-04T03:02:01.500Z'),
      },
    });
    const enqueued = event?.enqueuedTimeUtc.getTime() ?? 0;
    expect(Date.now() - enqueued).toBeLessThan(60_000);
  });

  it('starts at any position', async () => {
    const { id } = device(0);
    const start = (await client().getPartitionProperties('0')).lastEnqueuedSequenceNumber + 1;
    await cluster.append(id, ['p0', 'p1']);
    const between = (await client().getPartitionProperties('0')).lastEnqueuedOnUtc;
    await until(() => Date.now() > between.getTime() + 2);
    await cluster.append(id, ['p2', 'p3']);
    const first = async (from: EventPosition) =>
      (await receive(client(), { partition: '0', from, count: 1 }))[0]?.sequenceNumber;
    expect(await first({ sequenceNumber: start })).toBe(start + 1);
    expect(await first({ sequenceNumber: start, isInclusive: true })).toBe(start);
    expect(await first({ offset: String(start + 1) })).toBe(start + 2);
    expect(await first({ offset: String(start + 1), isInclusive: true })).toBe(start + 1);
    expect(await first({ enqueuedOn: between })).toBe(start + 2);
    expect(await first({ offset: '-1' })).toBe(0);
  });

  it('waits for what comes after the latest event', async () => {
    const { id, partition } = device(1);
    const events = receive(client(), { partition, from: latestEventPosition, count: 3 });
    await until(async () => (await cluster.receivers()) > 0);
    await cluster.append(id, ['n0', 'n1', 'n2']);
    expect((await events).map(({ body }) => String(body))).toEqual(['n0', 'n1', 'n2']);
  });

  it('serves several consumer groups at once, whatever the case of their names, and refuses an unknown one', async () => {
    const { partition } = device(1);
    const from = { offset: '-1' };
    const all = await Promise.all(
      ['$Default', '$default', 'Analytics'].map((group) => receive(client(group), { partition, from, count: 2 })),
    );
    expect(all.map((events) => events[0]?.sequenceNumber)).toEqual([0, 0, 0]);
    await expect(receive(client('unknown'), { partition, from, count: 1 })).rejects.toMatchObject({
      code: 'MessagingEntityNotFoundError',
    });
  });

  it('lets a higher or equal owner level steal a partition, and refuses a lower one or none', async () => {
    const { partition } = device(1);
    const options = { partition, from: latestEventPosition, count: 1 };
    const disconnected = { code: 'ReceiverDisconnectedError' };
    const shared = receive(client('analytics'), options);
    const sharedLost = expect(shared).rejects.toMatchObject(disconnected);
    await until(async () => (await cluster.receivers()) === 1);
    const owner = receive(client('analytics'), { ...options, ownerLevel: 2 });
    const ownerLost = expect(owner).rejects.toMatchObject(disconnected);
    await sharedLost;
    await expect(receive(client('analytics'), { ...options, ownerLevel: 1 })).rejects.toMatchObject(disconnected);
    await expect(receive(client('analytics'), options)).rejects.toMatchObject(disconnected);
    const equal = receive(client('analytics'), { ...options, ownerLevel: 2 });
    const equalLost = expect(equal).rejects.toMatchObject(disconnected);
    await ownerLost;
    const other = await cluster.startServer('two');
    const elsewhere = receive(client('analytics', other), { ...options, ownerLevel: 2 });
    await equalLost;
    await cluster.append(device(1).id, ['for the last']);
    expect(String((await elsewhere)[0]?.body)).toBe('for the last');
  });

  it('disconnects receivers without owner level in other processes', async () => {
    const other = await cluster.startServer('three');
    const options = { partition: '0', from: latestEventPosition, count: 1 };
    const shared = receive(client('analytics', other), options);
    const lost = expect(shared).rejects.toMatchObject({ code: 'ReceiverDisconnectedError' });
    await until(async () => (await cluster.receivers()) === 1);
    const owner = receive(client('analytics'), { ...options, ownerLevel: 1 });
    await lost;
    await cluster.append(device(0).id, ['x']);
    await owner;
  });

  it('tells a receiver that asks for it what the partition ends with', async () => {
    const last = (await client().getPartitionProperties('1')).lastEnqueuedSequenceNumber;
    let seen: unknown;
    await receive(client(), {
      partition: '1',
      from: { offset: '-1' },
      count: 1,
      track: true,
      seen: (properties) => {
        seen = properties;
      },
    });
    expect(seen).toMatchObject({ sequenceNumber: last, offset: String(last) });
  });

  it('refuses another key, an unknown policy and one without the right', async () => {
    for (const text of [
      server.connectionString('service', Buffer.alloc(32, 1).toString('base64')),
      server.connectionString('nobody'),
      server.connectionString('registryRead'),
    ]) {
      const reader = new EventHubConsumerClient('$Default', text, {
        retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
      });
      clients.push(reader);
      await expect(reader.getEventHubProperties()).rejects.toMatchObject({ code: 'UnauthorizedError' });
    }
  });

  it('disconnects who signed with a key that is changed', async () => {
    const options = { partition: '0', from: latestEventPosition, count: 1 };
    cluster.setPolicy('leaver', ['ServiceConnect'], KEY_OF_LEAVER);
    const reader = new EventHubConsumerClient('$Default', server.connectionString('leaver', KEY_OF_LEAVER), {
      retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    });
    clients.push(reader);
    const receiving = receive(reader, options);
    const lost = expect(receiving).rejects.toMatchObject({ code: 'UnauthorizedError' });
    await until(async () => (await cluster.receivers()) === 1);
    cluster.policies.delete('leaver');
    await server.amqp.reviewTokens();
    await lost;
  });

  it('takes no events from clients', async () => {
    const producer = new EventHubProducerClient(server.connectionString(), {
      retryOptions: { maxRetries: 0, timeoutInMs: 10_000 },
    });
    await expect(producer.sendBatch([{ body: 'x' }])).rejects.toMatchObject({ code: 'InvalidOperationError' });
    await producer.close();
    expect((await cluster.log.describePartition(TOPICS.events, 0)).last).toBeDefined();
  });
});

interface ReceiveOptions {
  readonly partition: string;
  readonly from: EventPosition;
  readonly count: number;
  readonly ownerLevel?: number;
  readonly track?: boolean;
  readonly seen?: (properties: unknown) => void;
}

const KEY_OF_LEAVER = Buffer.alloc(32, 9).toString('base64');

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
