import { once } from 'node:events';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import type { HubAccess } from '@mooring/test-parts';
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Receiver, type Sender } from 'rhea';
import { GatewayDevice } from './gateway-device.js';

const TOKEN_SECONDS = 3_600;

export interface GatewayLogin {
  /** Of the TLS handshake, PEM. */
  readonly cert?: string;
  readonly key?: string;
}

/** One AMQP connection that many devices share, as .NET's pool and Java's multiplexing client have it: a session for each. */
export class Gateway {
  private readonly replies = new Map<string, (status: number) => void>();
  private requests = 0;

  private constructor(
    private readonly hub: HubAccess,
    private readonly connection: Connection,
  ) {}

  static async connect(hub: HubAccess, login: GatewayLogin = {}): Promise<Gateway> {
    const container = rhea.create_container();
    container.on('error', () => undefined);
    container.on('disconnected', () => undefined);
    const { host, ca } = hub;
    const options = { transport: 'tls', host, hostname: host, port: 5671, ca: [ca], reconnect: false, ...login };
    const connection = container.connect(options as ConnectionOptions);
    await once(connection, 'connection_open');
    return new Gateway(hub, connection);
  }

  get isOpen(): boolean {
    return this.connection.is_open();
  }

  /** The links that tokens are put over; needed by those devices only that have no certificates. */
  async openCbs(): Promise<CbsLinks> {
    const [sender, receiver] = [this.connection.open_sender('$cbs'), this.connection.open_receiver('$cbs')];
    receiver.on('message', ({ message }: EventContext) => {
      const id = String(message?.correlation_id);
      this.replies.get(id)?.(Number(message?.application_properties?.['status-code']));
      this.replies.delete(id);
    });
    await Promise.all([once(sender, 'sendable'), once(receiver, 'receiver_open')]);
    return { sender, receiver };
  }

  /** Puts a token of a device's own key. @returns the status code of the answer */
  putDeviceToken(cbs: CbsLinks, deviceId: string, key: string, seconds = TOKEN_SECONDS): Promise<number> {
    const resource = `${this.hub.host}/devices/${deviceId}`;
    return this.putToken(cbs, resource, this.token({ resource, key }, seconds));
  }

  /** Puts a token of a policy for the whole hub, as .NET's pool does for all of its devices. */
  putGroupToken(cbs: CbsLinks, policy: string, key: string): Promise<number> {
    const resource = this.hub.host;
    return this.putToken(cbs, resource, this.token({ resource, key, policy }, TOKEN_SECONDS));
  }

  device(deviceId: string): GatewayDevice {
    const session = this.connection.create_session();
    session.open();
    return new GatewayDevice(this.hub.host, deviceId, session);
  }

  /** Asks for a link of a back end. @returns the condition that it is refused with; undefined if it is not */
  async refusalOf(address: string): Promise<string | undefined> {
    const link = this.connection.open_sender({ target: { address } });
    await Promise.race([once(link, 'sendable'), once(link, 'sender_error')]);
    return (link.error as { condition?: string } | undefined)?.condition;
  }

  close(): void {
    this.connection.close();
  }

  private token(signed: { resource: string; key: string; policy?: string }, seconds: number): string {
    const se = Math.floor(Date.now() / 1000) + seconds;
    return createSasToken({ ...signed, key: sasKeyFromBase64(signed.key), se });
  }

  private putToken({ sender }: CbsLinks, audience: string, token: string): Promise<number> {
    const id = `put-${++this.requests}`;
    return new Promise((resolve) => {
      this.replies.set(id, resolve);
      sender.send({
        message_id: id,
        to: '$cbs',
        reply_to: 'cbs',
        application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: audience },
        body: token,
      });
    });
  }
}

export interface CbsLinks {
  readonly sender: Sender;
  readonly receiver: Receiver;
}
