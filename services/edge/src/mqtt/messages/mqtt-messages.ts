import { c2dqueue } from '@mooring/proto';
import { MessageFlow, type MessageFlowOptions, type MessageSink } from '../../messages/message-flow.js';
import { MAX_TOPIC_BYTES, publishPacket } from '../codec/publish-packet.js';
import type { MqttConnection } from '../connection/mqtt-connection.js';
import { deviceboundTopic } from './devicebound-topic.js';

/** Messages of one connection that are sent and not acknowledged. */
const WINDOW = 16;
const MAX_PACKET_ID = 0xffff;

/** Cloud-to-device messages of one MQTT connection: PUBACK completes one, at QoS 0 that it was sent. */
export class MqttMessages implements MessageSink {
  private readonly flow: MessageFlow;
  /** Lock tokens by packet id; undefined while there are none, as mostly. */
  private unacknowledged: Map<number, Buffer> | undefined;
  private lastPacketId = 0;

  constructor(
    private readonly connection: MqttConnection,
    options: MessageFlowOptions,
  ) {
    const { admission } = connection;
    if (admission === undefined) {
      throw new TypeError('a connection that is open was admitted');
    }
    this.flow = new MessageFlow(options, admission, this);
  }

  get messageCredit(): number {
    const { wants, mayDeliver } = this.connection;
    return wants.messageQos === undefined || !mayDeliver ? 0 : WINDOW - (this.unacknowledged?.size ?? 0);
  }

  hint(): void {
    this.flow.hint();
  }

  resume(): void {
    this.flow.resume();
  }

  deliver({ message, lockToken, deliveryCount }: c2dqueue.ReceivedMessage): void {
    const { admission, wants, context } = this.connection;
    if (admission === undefined || message === undefined) {
      return;
    }
    const topic = deviceboundTopic(admission.identity, message);
    if (Buffer.byteLength(topic) > MAX_TOPIC_BYTES) {
      context.messages.events.undeliverable(admission, 'its properties are longer than a topic can be');
      void this.flow.settle(lockToken, c2dqueue.Outcome.REJECT);
      return;
    }
    const packetId = wants.messageQos === 1 ? this.nextPacketId() : 0;
    context.messages.events.delivered();
    this.connection.write(publishPacket({ topic, payload: message.body, packetId, dup: deliveryCount > 0 }));
    if (packetId === 0) {
      void this.flow.settle(lockToken, c2dqueue.Outcome.COMPLETE);
    } else {
      this.unacknowledged ??= new Map();
      this.unacknowledged.set(packetId, lockToken);
    }
  }

  fail(error: unknown): void {
    this.connection.fail(error);
  }

  /** Of a packet id that is not known: of something that was sent to an earlier connection. */
  acknowledged(packetId: number): void {
    const lockToken = this.unacknowledged?.get(packetId);
    if (lockToken !== undefined) {
      this.unacknowledged?.delete(packetId);
      if (this.unacknowledged?.size === 0) {
        this.unacknowledged = undefined;
      }
      void this.flow.settle(lockToken, c2dqueue.Outcome.COMPLETE);
      this.flow.resume();
    }
  }

  close(): void {
    void this.flow.close();
  }

  /** [MQTT-2.3.1-2]: one that is not in use. */
  private nextPacketId(): number {
    do {
      this.lastPacketId = this.lastPacketId === MAX_PACKET_ID ? 1 : this.lastPacketId + 1;
    } while (this.unacknowledged?.has(this.lastPacketId));
    return this.lastPacketId;
  }
}
