import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { PORT } from '@mooring/test-wire';
import { generate, parser } from 'mqtt-packet';
import { BODY, type Sender, type SenderOptions } from './sender.js';

const HIGHEST_PACKET_ID = 0xffff;

/** Over MQTT, at QoS 1. */
export class MqttSender implements Sender {
  private readonly waiting = new Map<number, () => void>();
  private last = 0;

  private constructor(
    private readonly socket: TLSSocket,
    private readonly topic: string,
  ) {}

  static async connect({ host, ca, deviceId, token, harmed }: SenderOptions): Promise<MqttSender> {
    const socket = connect({ host, port: PORT.mqtts, ca });
    await once(socket, 'secureConnect');
    const sender = new MqttSender(socket, `devices/${deviceId}/messages/events/`);
    socket.on('error', (error) => harmed(`${deviceId}: ${error.message}`));
    socket.on('close', () => harmed(`${deviceId}: its connection was closed`));
    const packets = parser();
    const admitted = new Promise<void>((resolve, reject) => {
      packets.on('packet', (packet) => {
        if (packet.cmd === 'connack') {
          packet.returnCode === 0 ? resolve() : reject(new Error(`CONNACK ${packet.returnCode}`));
        } else if (packet.cmd === 'puback') {
          sender.acknowledge(packet.messageId ?? 0);
        } else {
          harmed(`${deviceId}: an unsolicited ${packet.cmd}`);
        }
      });
    });
    socket.on('data', (chunk: Buffer) => packets.parse(chunk));
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId: deviceId,
        keepalive: 240,
        username: `${host}/${deviceId}/?api-version=2021-04-12`,
        password: Buffer.from(token),
      }),
    );
    await admitted;
    return sender;
  }

  send(acknowledged: () => void): void {
    this.last = (this.last % HIGHEST_PACKET_ID) + 1;
    this.waiting.set(this.last, acknowledged);
    if (this.socket.writable) {
      this.socket.write(
        generate({
          cmd: 'publish',
          topic: this.topic,
          payload: BODY,
          qos: 1,
          dup: false,
          retain: false,
          messageId: this.last,
        }),
      );
    }
  }

  private acknowledge(messageId: number): void {
    this.waiting.get(messageId)?.();
    this.waiting.delete(messageId);
  }
}
