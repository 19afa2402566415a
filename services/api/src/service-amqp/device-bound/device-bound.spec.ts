import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import type { c2dqueue } from '@mooring/proto';
import rhea, { type Connection, type Sender } from 'rhea';
import { encodeMessage } from '../spec-support/encode-message.js';
import { Cbs, DeviceBoundSender, once, refusal, until } from '../spec-support/service-client.js';
import { HOST, ServiceServer } from '../spec-support/service-server.js';

let server: ServiceServer;
let connection: Connection;

beforeEach(async () => {
  server = await ServiceServer.start();
  connection = server.connect();
  await (await Cbs.open(connection)).put(HOST, server.token());
});
afterEach(() => server.stop());

const to = (device: string): string => `/devices/${device}/messages/devicebound`;
const idOf = (request: c2dqueue.EnqueueRequest): string => request.message?.messageId ?? '';

const creditOf = (link: Sender): number => (link as unknown as { readonly credit: number }).credit;

/** Holds up messages until they are let go, one by one. */
class Gate {
  readonly waiting: { readonly id: string; go(): void }[] = [];

  readonly admit = (request: c2dqueue.EnqueueRequest): Promise<void> =>
    new Promise((go) => this.waiting.push({ id: idOf(request), go }));
}

describe('messages to devices', () => {
  it.each(['/messages/devicebound', '/messages/deviceBound', `amqps://${HOST}/messages/deviceBound`])(
    'are taken at %s and accepted when they are stored',
    async (address) => {
      const gate = new Gate();
      server.queue.admit = gate.admit;
      const sender = await DeviceBoundSender.open(connection, address);
      expect(sender.link.max_message_size).toBe(72 * 1024);
      let decided = false;
      const sent = sender.send({ to: to('d1'), message_id: 'm1', body: rhea.message.data_section(Buffer.from('hi')) });
      void sent.then(() => {
        decided = true;
      });
      await until(() => gate.waiting.length === 1);
      expect(decided).toBe(false);
      gate.waiting[0]?.go();
      expect(await sent).toEqual({ outcome: 'accepted', error: undefined });
      expect(server.queue.enqueued).toMatchObject([
        { key: { deviceId: 'd1', moduleId: '' }, message: { messageId: 'm1', body: Buffer.from('hi') } },
      ]);
    },
  );

  it("are taken as Python's and .NET's clients write them", async () => {
    const sender = await DeviceBoundSender.open(connection);
    const raw = encodeMessage({
      message_id: rhea.types.wrap_ulong(0),
      to: '/devices/a#b/messages/devicebound',
      application_properties: { 'iothub-ack': 'positive' },
      body: rhea.message.data_section(Buffer.from('x')),
    });
    expect(await sender.sendRaw(raw)).toMatchObject({ outcome: 'accepted' });
    const module = { to: '/devices/a%23b/modules/m%231/messages/deviceBound', user_id: Buffer.from('u') };
    expect(await sender.send(module)).toMatchObject({ outcome: 'accepted' });
    expect(server.queue.enqueued).toMatchObject([
      { key: { deviceId: 'a#b', moduleId: '' }, message: { messageId: '0', ack: 2 } },
      { key: { deviceId: 'a#b', moduleId: 'm#1' }, message: { userId: 'u' } },
    ]);
  });

  it.each([
    ['DeviceNotFound', 'amqp:not-found', 404001],
    ['ModuleNotFound', 'amqp:not-found', 404010],
    ['DeviceMaximumQueueDepthExceeded', 'amqp:resource-limit-exceeded', 403004],
    ['MessageTooLarge', 'amqp:link:message-size-exceeded', 413001],
    ['ArgumentInvalid', 'com.microsoft:argument-error', 400004],
    ['ServiceUnavailable', 'amqp:internal-error', 503001],
  ] as const)('are rejected with what the queue says: %s', async (name, condition, code) => {
    server.queue.admit = async () => {
      throw new HubError(name, 'No.');
    };
    const sender = await DeviceBoundSender.open(connection);
    const { outcome, error } = await sender.send({ to: to('d1') });
    expect([outcome, error?.condition, error?.description]).toEqual(['rejected', condition, 'No.']);
    expect(error?.info).toEqual({
      'com.microsoft:error-code': code,
      'com.microsoft:tracking-id': expect.stringMatching(/^[0-9A-F]{32}$/),
    });
    expect(sender.link.is_open()).toBe(true);
  });

  it('are rejected with a tracking id alone where the hub fails', async () => {
    server.queue.admit = async () => {
      throw new TypeError('secret');
    };
    const { error } = await (await DeviceBoundSender.open(connection)).send({ to: to('d1') });
    expect(error?.condition).toBe('amqp:internal-error');
    expect(JSON.stringify(error)).not.toContain('secret');
  });

  it('are rejected if they are malformed, without harm to others', async () => {
    const sender = await DeviceBoundSender.open(connection);
    const refused = [
      sender.send({}),
      sender.send({ to: '/devices/d1/messages/events' }),
      sender.send({ to: to('d1'), application_properties: { 'iothub-ack': 'maybe' } }),
      sender.send({ to: to('d1'), body: { a: 1 } }),
      sender.sendRaw(Buffer.from('nothing of AMQP')),
      sender.sendRaw(encodeMessage({ to: rhea.types.wrap_list([1]) })),
      sender.sendRaw(encodeMessage({ to: to('d1') }), 0x80013700),
    ];
    for (const { outcome, error } of await Promise.all(refused)) {
      expect([outcome, error?.condition]).toEqual(['rejected', 'com.microsoft:argument-error']);
    }
    expect(await sender.send({ to: to('d1') })).toMatchObject({ outcome: 'accepted' });
    expect(server.queue.enqueued).toHaveLength(1);
  });

  it('end their link if they are far too large', async () => {
    const sender = await DeviceBoundSender.open(connection);
    const ended = refusal(sender.link);
    void sender.send({ to: to('d1'), body: rhea.message.data_section(Buffer.alloc(73 * 1024)) });
    expect(await ended).toMatchObject({ condition: 'amqp:link:message-size-exceeded' });
    const again = await DeviceBoundSender.open(connection);
    const body = rhea.message.data_section(Buffer.alloc(70 * 1024));
    expect(await again.send({ to: to('d1'), body })).toMatchObject({ outcome: 'accepted' });
  });

  it('are stored in order for one device, and at the same time for others', async () => {
    const gate = new Gate();
    server.queue.admit = gate.admit;
    const sender = await DeviceBoundSender.open(connection);
    const sent = ['a1', 'a2', 'b1', 'a3', 'b2'].map((id) => sender.send({ message_id: id, to: to(id.charAt(0)) }));
    await until(() => gate.waiting.length === 2);
    expect(gate.waiting.map(({ id }) => id)).toEqual(['a1', 'b1']);
    for (let next = 0; next < 5; next++) {
      await until(() => gate.waiting.length > next);
      gate.waiting[next]?.go();
    }
    expect((await Promise.all(sent)).map(({ outcome }) => outcome)).toEqual(Array(5).fill('accepted'));
    const ids = server.queue.enqueued.map(idOf);
    expect(ids.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(ids.filter((id) => id.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  it('go on after one of the same device was refused', async () => {
    server.queue.admit = async (request) => {
      if (idOf(request) === 'bad') {
        throw new HubError('ArgumentInvalid', 'No.');
      }
    };
    const sender = await DeviceBoundSender.open(connection);
    const outcomes = await Promise.all(['a', 'bad', 'b'].map((id) => sender.send({ message_id: id, to: to('d') })));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'rejected', 'accepted']);
  });

  it('are no more than the credit at a time, which is given again as they are decided', async () => {
    const gate = new Gate();
    server.queue.admit = gate.admit;
    const sender = await DeviceBoundSender.open(connection);
    expect(creditOf(sender.link)).toBe(100);
    const sent = Array.from({ length: 100 }, (_, n) => sender.send({ to: to(`d${n}`) }));
    await until(() => gate.waiting.length === 100);
    expect(creditOf(sender.link)).toBe(0);
    for (const { go } of gate.waiting) {
      go();
    }
    await Promise.all(sent);
    await until(() => creditOf(sender.link) >= 50);
  });

  it('without credit end the connection', async () => {
    server.queue.admit = () => new Promise(() => undefined);
    const sender = await DeviceBoundSender.open(connection);
    const ended = once(connection, 'connection_error');
    (sender.link as unknown as { credit: number }).credit = 1_000;
    for (let n = 0; n < 101; n++) {
      void sender.send({ to: to('d') });
    }
    await ended;
    expect(connection.error).toMatchObject({ condition: 'amqp:link:transfer-limit-exceeded' });
  });

  it('may be sent settled', async () => {
    const link = connection.open_sender({ target: { address: '/messages/devicebound' }, snd_settle_mode: 1 });
    await once(link, 'sendable');
    link.send({ to: to('d1'), message_id: 'm1', body: null });
    link.send({ to: 'nowhere', body: null });
    link.send({ to: to('d1'), message_id: 'm2', body: null });
    await until(() => server.queue.enqueued.length === 2);
    expect(server.queue.enqueued.map(idOf)).toEqual(['m1', 'm2']);
  });

  it('are not received here', async () => {
    expect(await refusal(connection.open_receiver('/messages/devicebound'))).toMatchObject({
      condition: 'amqp:not-allowed',
    });
  });
});

describe('a client with many links', () => {
  it('uses them all, and is ended beyond their number', async () => {
    const links = Array.from({ length: 500 }, () => connection.open_sender('/messages/devicebound'));
    await Promise.all(links.map((link) => once(link, 'sendable')));
    links.forEach((link, n) => void link.send({ to: to(`d${n}`), body: null }));
    await until(() => server.queue.enqueued.length === 500);
    const ended = once(connection, 'connection_error');
    for (let n = 0; n < 600; n++) {
      connection.open_sender('/messages/devicebound');
    }
    await ended;
    expect(connection.error).toMatchObject({ condition: 'amqp:resource-limit-exceeded' });
  });
});
