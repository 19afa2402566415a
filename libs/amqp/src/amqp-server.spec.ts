import { afterEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import type { Connection, EventContext, Receiver, Sender } from 'rhea';
import rhea from 'rhea';
import { LinkError } from './errors/amqp-error.js';
import type { IncomingDelivery } from './links/incoming-delivery.js';
import type { AttachRequest, LinkEndpoint, LinkHandler } from './links/link-handler.js';
import type { OutgoingLink } from './links/outgoing-link.js';
import { once, TestServer, type TestServerOptions } from './testing/test-server.js';

/** Keeps what clients send to `in`, and sends numbered messages to those who receive from `out`. */
class Endpoint implements LinkHandler {
  readonly received: IncomingDelivery[] = [];
  readonly requests: AttachRequest[] = [];
  readonly outcomes: string[] = [];
  readonly links: OutgoingLink[] = [];
  open = 0;
  /** How many messages there are for those who receive. */
  supply = 0;
  private sent = 0;

  matches(address: string): boolean {
    return ['in', 'out', 'closed', 'broken'].includes(address);
  }

  async attach(request: AttachRequest): Promise<LinkEndpoint> {
    this.requests.push(request);
    if (request.address === 'closed') {
      throw new HubError('DeviceNotFound', 'No such device.');
    }
    if (request.address === 'broken') {
      throw new Error('an inner matter');
    }
    this.open++;
    return request.address === 'in' ? this.target() : this.source();
  }

  feed(link: OutgoingLink): void {
    while (this.sent < this.supply && link.sendable()) {
      const message = rhea.message.encode({ body: `message ${this.sent++}` });
      link.send(message, Buffer.alloc(16, this.sent));
    }
  }

  private target(): LinkEndpoint {
    return {
      kind: 'target',
      credit: 10,
      maxMessageBytes: 100_000,
      opened: () => undefined,
      received: (delivery) => {
        this.received.push(delivery);
      },
      closed: () => void this.open--,
    };
  }

  private source(): LinkEndpoint {
    let link: OutgoingLink | undefined;
    return {
      kind: 'source',
      opened: (opened) => {
        link = opened;
        this.links.push(opened);
      },
      sendable: () => link && this.feed(link),
      outcome: ({ id }, outcome) => {
        this.outcomes.push(outcome);
        link?.settle(id, 'accepted');
      },
      closed: () => void this.open--,
    };
  }
}

describe('AmqpServer', () => {
  let server: TestServer;
  let handler: Endpoint;

  async function start(options: Partial<TestServerOptions> = {}): Promise<TestServer> {
    handler = new Endpoint();
    server = await TestServer.start({ handlers: [handler], ...options });
    return server;
  }

  afterEach(() => server.stop());

  it('takes messages and tells their outcomes, with and without SASL', async () => {
    await start();
    for (const username of [undefined, 'anonymous']) {
      const connection = server.connect(username === undefined ? {} : { username });
      const sender: Sender = connection.open_sender('in');
      await once(sender, 'sendable');
      sender.send({ body: 'accepted' });
      sender.send({ body: 'refused' });
      await until(() => handler.received.length === 2);
      handler.received[0]?.accept();
      handler.received[1]?.reject({ condition: 'amqp:not-found', description: 'gone', info: { code: 404001 } });
      const rejected = await once<EventContext>(sender, 'rejected');
      expect(rejected.delivery?.remote_state).toMatchObject({
        error: { condition: 'amqp:not-found', info: { code: 404001 } },
      });
      handler.received.length = 0;
      connection.close();
      await once(connection, 'connection_close');
    }
    await until(() => handler.open === 0);
  });

  it('sends as far as there is credit, and hears of outcomes', async () => {
    await start();
    handler.supply = 3;
    const connection = server.connect();
    const receiver: Receiver = connection.open_receiver({ source: 'out', credit_window: 0, autoaccept: false });
    const bodies: unknown[] = [];
    receiver.on('message', (context: EventContext) => {
      bodies.push(context.message?.['body']);
      context.delivery?.release();
    });
    await once(receiver, 'receiver_open');
    receiver.add_credit(2);
    await until(() => handler.outcomes.length === 2);
    receiver.add_credit(5);
    await until(() => handler.outcomes.length === 3);
    expect(bodies).toEqual(['message 0', 'message 1', 'message 2']);
    expect(handler.outcomes).toEqual(['released', 'released', 'released']);
  });

  it('a link without credit holds up no other of its session', async () => {
    await start();
    handler.supply = 1;
    const connection = server.connect();
    const hungry = connection.open_receiver({ source: 'out', credit_window: 0 });
    await once(hungry, 'receiver_open');
    const fed = connection.open_receiver({ source: 'out', credit_window: 5 });
    await once(fed, 'message');
  });

  it('ends a drain of credit by using it up', async () => {
    await start();
    const connection = server.connect();
    const receiver = connection.open_receiver({ source: 'out', credit_window: 0 });
    await once(receiver, 'receiver_open');
    receiver.add_credit(10);
    receiver.drain_credit();
    await once(receiver, 'receiver_drained');
    expect(receiver.has_credit()).toBe(false);
  });

  it('refuses a link with condition, description, code and tracking id', async () => {
    await start();
    const connection = server.connect();
    const sender = connection.open_sender('closed');
    await once(sender, 'sender_error');
    expect(sender.error).toMatchObject({ condition: 'amqp:not-found', description: 'No such device.' });
    expect((sender.error as unknown as { info: object }).info).toEqual({
      'com.microsoft:error-code': 404001,
      'com.microsoft:tracking-id': expect.stringMatching(/^[0-9A-F]{32}$/),
    });
    expect(sender.target?.address).toBeUndefined();
    const nowhere = connection.open_receiver('nowhere');
    await once(nowhere, 'receiver_error');
    expect(nowhere.error).toMatchObject({ condition: 'amqp:not-found' });
  });

  it('tells a client nothing of a fault but where to find it in the log', async () => {
    await start();
    const sender = server.connect().open_sender('broken');
    await once(sender, 'sender_error');
    expect(sender.error).toMatchObject({ condition: 'amqp:internal-error' });
    expect(JSON.stringify(sender.error)).not.toContain('inner matter');
    expect(await server.count('mooring_amqp_links_refused_total', { condition: 'amqp:internal-error' })).toBe(1);
  });

  it('detaches a link with a reason of its own', async () => {
    await start();
    const connection = server.connect();
    const receiver = connection.open_receiver('out');
    await once(receiver, 'receiver_open');
    handler.links[0]?.close(new LinkError('amqp:link:stolen', 'Another has it.'));
    await once(receiver, 'receiver_error');
    expect(receiver.error).toMatchObject({ condition: 'amqp:link:stolen' });
    expect(handler.open).toBe(0);
  });

  it('takes a message in many frames, and detaches a link whose message is too large', async () => {
    await start();
    const connection = server.connect({ max_frame_size: 1024 });
    const sender = connection.open_sender('in');
    await once(sender, 'sendable');
    const large = Buffer.alloc(90_000, 7);
    sender.send({ body: rhea.message.data_section(large) });
    await until(() => handler.received.length === 1);
    const payload = handler.received[0]?.payload ?? Buffer.alloc(0);
    expect((rhea.message.decode(payload)['body'] as { content: Buffer }).content.equals(large)).toBe(true);
    handler.received[0]?.accept();
    await once(sender, 'accepted');
    sender.send({ body: rhea.message.data_section(Buffer.alloc(100_001)) });
    await once(sender, 'sender_error');
    expect(sender.error).toMatchObject({ condition: 'amqp:link:message-size-exceeded' });
  });

  it('splits what it sends by the frame size that the peer takes', async () => {
    await start();
    const connection = server.connect({ max_frame_size: 512 });
    const receiver = connection.open_receiver({ source: 'out', credit_window: 0 });
    await once(receiver, 'receiver_open');
    receiver.add_credit(1);
    await until(() => handler.links[0]?.sendable() === true);
    handler.links[0]?.sendSettled(rhea.message.encode({ body: 'x'.repeat(5_000) }));
    const { message } = await once<EventContext>(receiver, 'message');
    expect(message?.['body']).toBe('x'.repeat(5_000));
  });

  it('takes links of one name in both directions', async () => {
    await start();
    const connection = server.connect();
    const sender = connection.open_sender({ name: 'same', target: 'in' });
    await once(sender, 'sendable');
    const receiver = connection.open_receiver({ name: 'same', source: 'out' });
    await once(receiver, 'receiver_open');
    expect(handler.open).toBe(2);
  });

  it('drains: tells each connection to come again and resolves when all are gone', async () => {
    await start();
    const connection = server.connect();
    await once(connection, 'connection_open');
    const closed = once(connection, 'connection_error');
    await server.server.drain(5_000);
    await closed;
    expect(connection.error).toMatchObject({ condition: 'amqp:connection:forced' });
  });

  it('bounds the sessions of all connections together, and counts those that have ended no more', async () => {
    await start({ limits: { maxTotalSessions: 3, closeTimeoutMs: 50 } });
    const begin = async (connection: Connection) => {
      const session = connection.create_session();
      session.open();
      await once(session, 'session_open');
      return session;
    };
    const [first, second] = [server.connect(), server.connect()];
    const session = await begin(first);
    await begin(first);
    session.close();
    await once(session, 'session_close');
    await begin(second);
    await begin(second);
    const refused = once(second, 'connection_error');
    second.create_session().open();
    await refused;
    expect(second.error).toMatchObject({ condition: 'amqp:resource-limit-exceeded' });
    await until(() => server.sockets.filter(({ destroyed }) => destroyed).length === 1);
    await begin(server.connect());
    expect(first.is_open()).toBe(true);
  });

  it('answers what it has received before it closes, and takes nothing more', async () => {
    await start();
    const connection = server.connect();
    const sender = connection.open_sender('in');
    await once(sender, 'sendable');
    const sent = [sender.send({ body: 'first' }), sender.send({ body: 'second' })];
    await until(() => handler.received.length === 2);
    const drained = server.server.drain(5_000);
    const ends: string[] = [];
    for (const event of ['accepted', 'session_close', 'connection_close']) {
      connection.on(event, () => ends.push(event));
    }
    sender.send({ body: 'too late' });
    handler.received[0]?.accept();
    await once(sender, 'accepted');
    expect(connection.is_open()).toBe(true);
    handler.received[1]?.accept();
    await drained;
    await until(() => ends.includes('connection_close'));
    expect(ends.indexOf('session_close')).toBeGreaterThan(ends.lastIndexOf('accepted'));
    expect(sent.map(({ settled }) => settled)).toEqual([true, true]);
    expect(handler.received).toHaveLength(2);
  });

  it('closes when the time for answers is over', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const connection = server.connect();
    const sender = connection.open_sender('in');
    await once(sender, 'sendable');
    sender.send({ body: 'never answered' });
    await until(() => handler.received.length === 1);
    const drained = server.server.drain(5_000);
    const lost = once(connection, 'disconnected');
    clock.advance(5_000);
    await drained;
    await lost;
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
