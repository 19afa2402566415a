import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { c2dqueue } from '@mooring/proto';
import rhea, { type Connection, type Delivery, type EventContext, type Receiver, type ReceiverOptions } from 'rhea';
import { Cbs, once, refusal, until } from '../spec-support/service-client.js';
import { HOST, ServiceServer } from '../spec-support/service-server.js';

const { Outcome } = c2dqueue;
const FEEDBACK = '/messages/serviceBound/feedback';
const POSITIVE = { originalMessageId: 'm1', enqueuedTimeMs: 1_750_000_000_456, statusCode: 'Success', deviceId: 'd1' };

let clock: ManualClock;
let server: ServiceServer;
let connection: Connection;

beforeEach(async () => {
  clock = new ManualClock(Date.now());
  server = await ServiceServer.start({ clock });
  connection = await authenticated();
});
afterEach(() => server.stop());

async function authenticated(): Promise<Connection> {
  const made = server.connect();
  await (await Cbs.open(made)).put(HOST, server.token());
  return made;
}

/** A receiver that decides by hand; without credit unless some is given. */
async function open(options: Partial<ReceiverOptions> = {}, on = connection): Promise<Receiver> {
  const given = { source: { address: FEEDBACK }, credit_window: 0, autoaccept: false, autosettle: false, ...options };
  const link = on.open_receiver(given as ReceiverOptions);
  await once(link, 'receiver_open');
  return link;
}

async function receive(link: Receiver): Promise<EventContext> {
  const received = once(link, 'message');
  link.add_credit(1);
  return received;
}

function deliveryOf({ delivery }: EventContext): Delivery & Record<string, unknown> {
  if (delivery === undefined) {
    throw new Error('No delivery');
  }
  return delivery as unknown as Delivery & Record<string, unknown>;
}

describe('feedback', () => {
  it.each([FEEDBACK, '/messages/servicebound/feedback', `amqps://${HOST}/messages/serviceBound/feedback`])(
    'is given at %s in the form that clients read',
    async (address) => {
      const token = server.queue.addFeedback(
        { ...POSITIVE, description: 'Success', deviceGenerationId: '638' },
        { ...POSITIVE, originalMessageId: 'm2', statusCode: 'Expired', moduleId: 'mod' },
      );
      const context = await receive(await open({ source: { address } } as object));
      const { message } = context;
      expect(message?.message_annotations).toEqual({ 'iothub-enqueuedtime': new Date(1_750_000_000_123) });
      expect(message?.content_type).toBe('application/vnd.microsoft.iothub.feedback.json');
      expect(message?.['user_id']).toEqual(Buffer.from(HOST));
      expect(deliveryOf(context)['tag']).toEqual(Buffer.from(token, 'hex'));
      const { typecode, content } = (message?.body ?? {}) as { typecode: number; content: Buffer };
      expect(typecode).toBe(0x75);
      expect(JSON.parse(content.toString())).toEqual([
        {
          originalMessageId: 'm1',
          enqueuedTimeUtc: '2025-06-15T15:06:40.456Z',
          statusCode: 'Success',
          description: 'Success',
          deviceId: 'd1',
          deviceGenerationId: '638',
        },
        {
          originalMessageId: 'm2',
          enqueuedTimeUtc: '2025-06-15T15:06:40.456Z',
          statusCode: 'Expired',
          description: '',
          deviceId: 'd1',
          moduleId: 'mod',
          deviceGenerationId: '',
        },
      ]);
    },
  );

  it.each([
    ['accepted', (delivery: Delivery) => delivery.accept(), Outcome.COMPLETE],
    ['released', (delivery: Delivery) => delivery.release(), Outcome.ABANDON],
    ['modified', (delivery: Delivery) => delivery.release({ delivery_failed: true }), Outcome.ABANDON],
    ['rejected', (delivery: Delivery) => delivery.reject(), Outcome.REJECT],
  ])('that is %s is settled so', async (outcome, decide, expected) => {
    const token = server.queue.addFeedback(POSITIVE);
    decide(deliveryOf(await receive(await open())));
    await until(() => server.queue.settled.length === 1);
    expect(server.queue.settled).toEqual([{ token, outcome: expected }]);
    await until(async () => (await server.count('mooring_api_feedback_batches_total', { outcome })) === 1);
  });

  it.each([
    ['accepted', (delivery: Delivery) => delivery.accept()],
    ['released', (delivery: Delivery) => delivery.release()],
    ['rejected', (delivery: Delivery) => delivery.reject()],
  ])('that is %s in settle mode second is answered with accepted', async (_case, decide) => {
    server.queue.addFeedback(POSITIVE);
    const link = await open({ rcv_settle_mode: 1 });
    const delivery = deliveryOf(await receive(link));
    const settled = once(link, 'settled');
    decide(delivery);
    expect(answerOf(await settled)).toBe('accepted');
  });

  it('whose lock has ended is answered with rejected in settle mode second', async () => {
    server.queue.lost.add(server.queue.addFeedback(POSITIVE));
    const link = await open({ rcv_settle_mode: 1 });
    const delivery = deliveryOf(await receive(link));
    const settled = once(link, 'settled');
    delivery.accept();
    expect(answerOf(await settled)).toBe('rejected');
    expect(await server.count('mooring_api_feedback_batches_total', { outcome: 'lost' })).toBe(1);
  });

  it('is sent settled to who wants that, and is complete with it', async () => {
    const token = server.queue.addFeedback(POSITIVE);
    const context = await receive(await open({ snd_settle_mode: 1 }));
    expect(deliveryOf(context)['remote_settled']).toBe(true);
    await until(() => server.queue.settled.length === 1);
    expect(server.queue.settled).toEqual([{ token, outcome: Outcome.COMPLETE }]);
  });

  it('is asked for only while there is credit, and then once a second for all links', async () => {
    const links = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect(server.queue.polls).toBe(0);
    for (const link of links) {
      link.add_credit(5);
    }
    // Flows are read in order: what comes after them has seen them all.
    await (await open()).close();
    await until(() => server.queue.polls === 1);
    clock.advance(999);
    expect(server.queue.polls).toBe(1);
    clock.advance(1);
    expect(server.queue.polls).toBe(2);
    const received = Promise.race(links.map((link) => once(link, 'message')));
    server.queue.addFeedback(POSITIVE);
    await until(() => {
      clock.advance(1_000);
      return server.queue.feedback.length === 0;
    });
    await received;
  });

  it('goes to those who want it in turn', async () => {
    const [first, second] = [await open(), await open({}, await authenticated())];
    const counts = { first: 0, second: 0 };
    first.on('message', () => counts.first++);
    second.on('message', () => counts.second++);
    first.add_credit(10);
    second.add_credit(10);
    await until(() => server.queue.polls === 1);
    for (let n = 0; n < 10; n++) {
      server.queue.addFeedback(POSITIVE);
    }
    await until(() => {
      clock.advance(1_000);
      return counts.first + counts.second === 10;
    });
    expect(counts).toEqual({ first: 5, second: 5 });
  });

  it('that is not decided is given back at once when its link or connection ends', async () => {
    const tokens = [server.queue.addFeedback(POSITIVE), server.queue.addFeedback(POSITIVE)];
    const link = await open();
    await receive(link);
    link.close();
    await until(() => server.queue.settled.length === 1);
    const other = await authenticated();
    clock.advance(1_000);
    await receive(await open({}, other));
    server.cut();
    await until(() => server.queue.settled.length === 2);
    expect(server.queue.settled.map(({ token }) => token).sort()).toEqual([...new Set(tokens)].sort());
    expect(server.queue.settled.every(({ outcome }) => outcome === Outcome.ABANDON)).toBe(true);
  });

  it('that nobody decides stops coming, and costs a bounded number', async () => {
    for (let n = 0; n < 150; n++) {
      server.queue.addFeedback({ ...POSITIVE, originalMessageId: `m${n}` });
    }
    const link = await open();
    const deliveries: Delivery[] = [];
    link.on('message', (context: EventContext) => deliveries.push(deliveryOf(context)));
    link.add_credit(1_000);
    await until(() => deliveries.length === 100);
    clock.advance(10_000);
    expect(server.queue.feedback).toHaveLength(50);
    deliveries[0]?.accept();
    await until(() => deliveries.length === 101);
    expect(server.queue.feedback).toHaveLength(49);
  });

  it('is not harmed by settlements of what is unknown, or was settled before', async () => {
    server.queue.addFeedback(POSITIVE);
    const link = await open({ rcv_settle_mode: 1 });
    const delivery = deliveryOf(await receive(link));
    for (const id of [500, 4_294_967_295]) {
      settleUnknown(link, delivery, id);
    }
    delivery.accept();
    delivery.release();
    await until(() => server.queue.settled.length === 1);
    server.queue.addFeedback(POSITIVE);
    clock.advance(1_000);
    await receive(link);
    expect(server.queue.settled).toHaveLength(1);
  });

  it('is asked for again, later and later, while the queue is away', async () => {
    let away = true;
    const { queue } = server;
    const receiveFeedback = queue.receiveFeedback.bind(queue);
    queue.receiveFeedback = async () => {
      const answer = await receiveFeedback();
      if (away) {
        throw new Error('away');
      }
      return answer;
    };
    const link = await open();
    const received = once(link, 'message');
    link.add_credit(1);
    await until(() => queue.polls === 1);
    clock.advance(1_000);
    await until(() => queue.polls === 2);
    clock.advance(1_000);
    expect(queue.polls).toBe(2);
    away = false;
    queue.addFeedback(POSITIVE);
    clock.advance(1_000);
    await received;
  });

  it('is not sent here, and files have none yet', async () => {
    expect(await refusal(connection.open_sender(FEEDBACK))).toMatchObject({ condition: 'amqp:not-allowed' });
    expect(await refusal(connection.open_receiver('/messages/serviceBound/filenotifications'))).toMatchObject({
      condition: 'amqp:not-implemented',
      description: 'This hub has no file notifications.',
    });
  });
});

/** What the hub answered to an outcome that its client left unsettled. */
function answerOf(context: EventContext): string {
  const { remote_state: state } = deliveryOf(context) as { remote_state?: object };
  return (state?.constructor as { composite_type?: string } | undefined)?.composite_type ?? 'none';
}

/** Settles a delivery that there is not. */
function settleUnknown(link: Receiver, delivery: Delivery, id: number): void {
  const outcomes = rhea.message as unknown as { accepted(fields: object): { described(): unknown } };
  const { incoming } = link.session as unknown as {
    incoming: { update(delivery: object, settled: boolean, state: unknown): void };
  };
  incoming.update(Object.assign(Object.create(delivery), { id }), true, outcomes.accepted({}).described());
}
