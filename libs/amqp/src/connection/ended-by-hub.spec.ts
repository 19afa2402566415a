import { afterEach, describe, expect, it } from '@jest/globals';
import { type Connection, type EventContext, type Sender, type Session } from 'rhea';
import { LinkError } from '../errors/amqp-error.js';
import { PERFORMATIVE } from '../frames/performative.js';
import type { IncomingDelivery } from '../links/incoming-delivery.js';
import type { AttachRequest, LinkHandler } from '../links/link-handler.js';
import { FRAMES, RawPeer, transferFrame } from '../testing/raw-peer.js';
import { once, TestServer } from '../testing/test-server.js';

describe('what the hub ends', () => {
  const nothing = () => ({ requests: [] as AttachRequest[], deliveries: [] as IncomingDelivery[], closed: 0 });
  let heard = nothing();
  let server: TestServer;

  afterEach(async () => {
    await server.stop();
    heard = nothing();
  });

  it('is one session, and the others of its connection go on', async () => {
    server = await TestServer.start({ handlers: [target()] });
    const connection = server.connect();
    const [ended, other] = [openSession(connection), openSession(connection)];
    const sender = await attached(ended, 'in');
    const neighbour = await attached(other, 'in');
    sender.send({ body: 'x' });
    await until(() => heard.deliveries.length === 1);
    heard.requests[0]?.session.end(new LinkError('amqp:internal-error', 'boom'));
    const context = await once<EventContext>(connection, 'session_error');
    expect(context.session).toBe(ended);
    expect(context.session?.error).toMatchObject({ condition: 'amqp:internal-error', description: 'boom' });
    expect(heard.closed).toBe(1);
    // To an end that has come, nothing more is said of what came before.
    heard.deliveries[0]?.accept();
    neighbour.send({ body: 'y' });
    await until(() => heard.deliveries.length === 2);
    heard.deliveries[1]?.accept();
    await once(neighbour, 'accepted');
    const again = await attached(openSession(connection), 'in');
    again.send({ body: 'z' });
    await until(() => heard.deliveries.length === 3);
    connection.close();
  });

  it('ignores what crosses the end of a session, and takes another on the same channel', async () => {
    server = await TestServer.start({ handlers: [target()] });
    const peer = await RawPeer.connect(server.port);
    peer.send(FRAMES.header, FRAMES.open, FRAMES.begin, FRAMES.attach);
    await peer.frame(PERFORMATIVE.flow);
    heard.requests[0]?.session.end();
    await peer.frame(PERFORMATIVE.end);
    const before = peer.frames().length;
    peer.send(transferFrame({ id: 0 }), FRAMES.detach, FRAMES.attach, FRAMES.end, FRAMES.begin, FRAMES.attach);
    peer.send(transferFrame({ id: 0 }));
    await until(() => heard.deliveries.length === 1);
    const answers = peer.frames().slice(before);
    expect(answers.map(({ descriptor }) => descriptor)).toEqual([
      PERFORMATIVE.begin,
      PERFORMATIVE.attach,
      PERFORMATIVE.flow,
    ]);
    peer.socket.destroy();
  });

  it('is links to an address, of any session, and in the direction that is meant', async () => {
    server = await TestServer.start({ handlers: [target()] });
    const connection = server.connect();
    const sender = await attached(openSession(connection), 'In');
    await attached(openSession(connection), 'other');
    const error = new LinkError('amqp:link:detach-forced', 'boom');
    const session = heard.requests[0]?.session;
    expect(session?.connection.detach('in', 'receiver', error)).toBe(false);
    expect(session?.connection.detach('in', 'sender', error)).toBe(true);
    await once(sender, 'sender_error');
    expect(sender.error).toMatchObject({ condition: 'amqp:link:detach-forced', description: 'boom' });
    expect(heard.closed).toBe(1);
    connection.close();
  });

  it('is the connection: with a close and a reason, or without a word', async () => {
    server = await TestServer.start({ handlers: [target()] });
    const connection = server.connect();
    await attached(openSession(connection), 'in');
    heard.requests[0]?.session.connection.close(new LinkError('amqp:connection:forced', 'boom'));
    await once(connection, 'connection_error');
    expect(connection.error).toMatchObject({ condition: 'amqp:connection:forced', description: 'boom' });
    const other = server.connect();
    await attached(openSession(other), 'in');
    let told = false;
    other.on('connection_close', () => {
      told = true;
    });
    heard.requests[1]?.session.connection.destroy();
    await once(other, 'disconnected');
    expect(told).toBe(false);
  });

  function target(): LinkHandler {
    const own = heard;
    return {
      matches: () => true,
      attach: async (request) => {
        own.requests.push(request);
        return {
          kind: 'target',
          credit: 10,
          maxMessageBytes: 1_000,
          opened: () => undefined,
          received: (delivery) => own.deliveries.push(delivery),
          closed: () => {
            own.closed++;
          },
        };
      },
    };
  }
});

function openSession(connection: Connection): Session {
  const session = connection.create_session();
  session.begin();
  return session;
}

async function attached(session: Session, address: string): Promise<Sender> {
  const sender = session.open_sender({ target: { address } });
  await once(sender, 'sendable');
  return sender;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
