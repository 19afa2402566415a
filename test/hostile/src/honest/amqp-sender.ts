import { once } from 'node:events';
import { PORT } from '@mooring/test-wire';
import rhea, { type Delivery, type EventContext, type Sender as Link } from 'rhea';
import { BODY, type Sender, type SenderOptions } from './sender.js';

/** Over AMQP, unsettled, with its token as the password of SASL PLAIN. */
export class AmqpSender implements Sender {
  private readonly waiting = new Map<Delivery, () => void>();

  private constructor(private readonly link: Link) {}

  static async connect({ host, ca, deviceId, token, harmed }: SenderOptions): Promise<AmqpSender> {
    const connection = rhea.create_container().connect({
      transport: 'tls',
      host,
      port: PORT.amqps,
      ca: [ca],
      username: `${deviceId}@sas.${host.split('.')[0]}`,
      password: token,
      reconnect: false,
    } as Parameters<ReturnType<typeof rhea.create_container>['connect']>[0]);
    const lost = new Promise<never>((_, reject) => {
      connection.on('disconnected', ({ error }: EventContext) =>
        reject(error ?? new Error('its connection was closed')),
      );
      connection.on('connection_error', ({ error }: EventContext) => reject(error ?? new Error('refused')));
      connection.on('sender_error', ({ sender }: EventContext) =>
        reject(sender?.error ?? new Error('its link was ended')),
      );
    });
    lost.catch((error: unknown) =>
      harmed(`${deviceId}: ${error instanceof Error ? error.message : JSON.stringify(error)}`),
    );
    const link = connection.open_sender({ target: { address: `/devices/${deviceId}/messages/events` } });
    await Promise.race([once(link, 'sendable'), lost]);
    const sender = new AmqpSender(link);
    link.on('accepted', ({ delivery }: EventContext) => delivery && sender.accept(delivery));
    for (const outcome of ['rejected', 'released', 'modified']) {
      link.on(outcome, () => harmed(`${deviceId}: a message was ${outcome}`));
    }
    return sender;
  }

  send(acknowledged: () => void): void {
    this.waiting.set(this.link.send({ body: rhea.message.data_section(Buffer.from(BODY)) }), acknowledged);
  }

  private accept(delivery: Delivery): void {
    this.waiting.get(delivery)?.();
    this.waiting.delete(delivery);
  }
}
