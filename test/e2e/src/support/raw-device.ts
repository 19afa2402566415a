import { once } from 'node:events';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { type HubAccess, until } from '@mooring/test-parts';
import { generate, type Packet, parser } from 'mqtt-packet';

export interface RawDeviceOptions {
  readonly deviceId: string;
  /** Base64. */
  readonly key: string;
  readonly clean?: boolean;
  /** Dialled in place of the hub's name: that of one edge. */
  readonly address?: string;
  /** Seconds until the token ends. */
  readonly tokenSeconds?: number;
}

/** A device that speaks bare MQTT, for what SDKs hide. */
export class RawDevice {
  readonly received: Packet[] = [];
  closed = false;
  /** Takes packets in place of `received`. */
  onPacket: ((packet: Packet) => void) | undefined;

  private constructor(private readonly socket: TLSSocket) {
    const packets = parser();
    packets.on('packet', (packet) =>
      this.onPacket === undefined ? this.received.push(packet) : this.onPacket(packet),
    );
    socket.on('data', (chunk: Buffer) => packets.parse(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.closed = true;
    });
  }

  /** Opens TLS and sends CONNECT. */
  static async connect(hub: HubAccess, options: RawDeviceOptions): Promise<RawDevice> {
    const { deviceId, key, clean = true, address = hub.host, tokenSeconds = 600 } = options;
    const socket = connect({
      host: address,
      port: 8883,
      ca: hub.ca,
      checkServerIdentity: (_dialled, certificate) => checkServerIdentity(hub.host, certificate),
    });
    await once(socket, 'secureConnect');
    const device = new RawDevice(socket);
    const se = Math.floor(Date.now() / 1000) + tokenSeconds;
    const password = createSasToken({ resource: `${hub.host}/devices/${deviceId}`, key: sasKeyFromBase64(key), se });
    device.send({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean,
      clientId: deviceId,
      keepalive: 60,
      username: `${hub.host}/${deviceId}/?api-version=2021-04-12`,
      password: Buffer.from(password),
    });
    return device;
  }

  send(packet: Packet): void {
    this.socket.write(generate(packet));
  }

  /** Waits for the first packet of a kind, and gives it. */
  async receive<K extends Packet['cmd']>(cmd: K): Promise<Extract<Packet, { cmd: K }>> {
    const found = () => this.received.find((packet): packet is Extract<Packet, { cmd: K }> => packet.cmd === cmd);
    return until(found, { what: cmd, timeoutMs: 10_000 });
  }

  async untilClosed(): Promise<void> {
    await until(() => this.closed, { what: 'the connection to be closed', timeoutMs: 10_000 });
  }

  close(): void {
    this.socket.destroy();
  }
}
