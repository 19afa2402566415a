import { type AttachRequest, type IncomingDelivery, ReceivedMessage } from '@mooring/amqp';
import { HubError, isHubError } from '@mooring/errors';
import type { Twins } from '../../twins/twins.js';
import type { AmqpDevice } from '../device/amqp-device.js';
import { DeviceTarget } from '../device/device-link.js';
import { refuseDelivery } from '../device/refuse-delivery.js';
import { channelOf } from './channel.js';
import { encodeTwinReply, readTwinRequest, type TwinReply, type TwinRequest } from './twin-messages.js';

/** Requests that a device may have under way. */
const CREDIT = 50;
/** Azure's 32 KiB of properties, and room for what frames them. */
const MAX_REQUEST_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** The hub's end of a link on which a device asks of its twin; the answers go over the link of the same channel. */
export class TwinRequestLink extends DeviceTarget {
  private readonly channel: string;

  constructor(
    device: AmqpDevice,
    request: AttachRequest,
    private readonly twins: Twins,
  ) {
    super(device, CREDIT, MAX_REQUEST_BYTES);
    this.channel = channelOf(request);
  }

  protected take(delivery: IncomingDelivery): void {
    try {
      const message = ReceivedMessage.read(delivery.payload);
      // Copied, since it outlives what the network gave.
      const correlationId = Buffer.from(message.rawProperty('correlationId'));
      void this.answer(delivery, readTwinRequest(message), correlationId);
    } catch (error) {
      refuseDelivery(this.device, delivery, error);
    }
  }

  private async answer(delivery: IncomingDelivery, request: TwinRequest, correlationId: Buffer): Promise<void> {
    try {
      const reply = await this.carryOut(request).catch((error: unknown) => this.errorReply(error));
      // Before the answer, and not earlier, so that a device has no more requests under way than it has credit for.
      delivery.accept();
      this.device.receivers.twin(this.channel)?.send(encodeTwinReply(reply, correlationId));
    } catch (error) {
      refuseDelivery(this.device, delivery, error);
    }
  }

  private async carryOut(request: TwinRequest): Promise<TwinReply> {
    const { admission } = this.device;
    switch (request.kind) {
      case 'get':
        return { status: 200, version: 0, body: Buffer.from(await this.twins.getProperties(admission)) };
      case 'patch': {
        const version = await this.twins.patchReported(admission, request.json, request.ifVersion);
        return { status: 204, version, body: NOTHING };
      }
      case 'subscribe':
      case 'unsubscribe':
        this.device.receivers.subscribeDesired(request.kind === 'subscribe' ? this.channel : undefined);
        return { status: 200, version: 0, body: NOTHING };
      default:
        throw new HubError('ArgumentInvalid', 'A twin knows no such operation, or not of this resource.');
    }
  }

  private errorReply(thrown: unknown): TwinReply {
    if (!isHubError(thrown)) {
      throw thrown;
    }
    const { status, code, trackingId, message } = thrown;
    const timestampUtc = new Date(this.device.context.clock.now()).toISOString();
    const body = { errorCode: code, trackingId, message, timestampUtc };
    return { status, version: 0, body: Buffer.from(JSON.stringify(body)) };
  }
}
