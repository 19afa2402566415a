import type { AttachRequest, IncomingDelivery, ReceivedMessage } from '@mooring/amqp';
import type { AppendOrigin } from '@mooring/event-log';
import type { MutableHeaders } from '@mooring/messages';
import type { FaultOrigin } from '../../fault-injection/fault-origin.js';
import { PublishSpans } from '../../telemetry/publish-spans.js';
import { TelemetryStamps } from '../../telemetry/telemetry-stamps.js';
import type { AmqpDevice } from '../device/amqp-device.js';
import { DeviceTarget } from '../device/device-link.js';
import { refuseDelivery } from '../device/refuse-delivery.js';
import { isWithinQuota } from './link-quota.js';
import { LinkThrottle } from './link-throttle.js';
import { readTelemetry } from './read-telemetry.js';
import { addTelemetryProperties } from './telemetry-properties.js';

/** Messages that a device may have under way on one link; Node's client needs some before it sends at all. */
const CREDIT = 100;

interface Telemetry {
  readonly headers: MutableHeaders;
  readonly value: Buffer;
}

/** The hub's end of a link on which a device sends telemetry: a delivery is accepted when it is durable. */
export class TelemetryLink extends DeviceTarget implements AppendOrigin {
  private readonly stamps: TelemetryStamps;
  private readonly spans: PublishSpans | undefined;
  private readonly faults: FaultOrigin | undefined;
  private readonly throttle: LinkThrottle<readonly Telemetry[]> | undefined;
  /** Deliveries by the token of their last message. */
  private readonly inFlight = new Map<number, IncomingDelivery>();
  private lastToken = 0;
  private isFull = false;

  constructor(device: AmqpDevice, request: AttachRequest) {
    super(device, CREDIT, device.context.maxMessageBytes);
    this.stamps = new TelemetryStamps(device.admission, device.modelId);
    const { tracing, faults, throttles } = device.context;
    this.throttle = throttles && new LinkThrottle(device, () => this.resume());
    this.spans = tracing && new PublishSpans(tracing);
    this.faults = faults?.origin(device, request, this);
  }

  appended(token: number): void {
    this.spans?.end(token);
    const delivery = this.inFlight.get(token);
    if (delivery !== undefined) {
      this.inFlight.delete(token);
      const { metrics } = this.device.context;
      metrics.inFlight--;
      metrics.acknowledgements++;
      delivery.accept();
    }
  }

  appendedAll(): void {
    // Dispositions of neighbours are put together by the connection.
  }

  appendFailed(error: Error): void {
    this.spans?.fail(error);
    const { log, metrics } = this.device.context;
    log.warn({ err: error, deviceId: this.device.admission.identity.deviceId }, 'messages could not be stored');
    // Ended first: whether they are stored is unknown, so that nothing is said of each.
    this.device.close('append-failed');
    for (const delivery of this.inFlight.values()) {
      metrics.inFlight--;
      delivery.release();
    }
    this.inFlight.clear();
  }

  appendable(): void {
    this.isFull = false;
    this.resume();
  }

  override received(delivery: IncomingDelivery): void {
    this.throttle?.arrived(delivery);
    super.received(delivery);
  }

  /** What was held goes before what is behind it. */
  override resume(): void {
    const admitted = !this.isFull && super.isReady() ? this.throttle?.takeAdmitted() : undefined;
    if (admitted !== undefined) {
      this.store(admitted.delivery, admitted.messages);
    }
    super.resume();
  }

  override closed(): void {
    this.throttle?.closed();
    this.faults?.closed();
    super.closed();
  }

  protected override isReady(): boolean {
    return !this.isFull && this.throttle?.holds !== true && super.isReady();
  }

  protected take(delivery: IncomingDelivery): void {
    let messages: readonly Telemetry[];
    try {
      messages = readTelemetry(delivery).map((message) => this.telemetryOf(message));
    } catch (error) {
      refuseDelivery(this.device, delivery, error);
      return;
    }
    if (this.throttle?.hold(delivery, messages) !== true) {
      this.store(delivery, messages);
    }
  }

  private store(delivery: IncomingDelivery, messages: readonly Telemetry[]): void {
    if (!isWithinQuota(this.device, delivery, messages)) {
      return;
    }
    // Last: what it lets pass it counts as appended.
    if (this.faults !== undefined && !this.mayStore(this.faults, delivery, messages)) {
      return;
    }
    this.device.context.metrics.inFlight++;
    this.inFlight.set(this.lastToken + messages.length, delivery);
    for (const message of messages) {
      this.append(message);
    }
  }

  /** Rejects a delivery that a fault refuses. */
  private mayStore(faults: FaultOrigin, delivery: IncomingDelivery, messages: readonly Telemetry[]): boolean {
    try {
      faults.admit(messages);
      return true;
    } catch (error) {
      refuseDelivery(this.device, delivery, error);
      return false;
    }
  }

  private append({ headers, value }: Telemetry): void {
    const { context, admission } = this.device;
    const { metrics, tracing, ingress } = context;
    const { identity } = admission;
    metrics.messages++;
    metrics.messageBytes += value.length;
    const token = ++this.lastToken;
    const span = tracing?.begin(headers, { identity, protocol: 'amqp', bytes: value.length });
    if (span !== undefined) {
      this.spans?.add(token, span);
    }
    if (!ingress.append({ key: identity.deviceId, headers, value }, this.faults ?? this, token)) {
      this.isFull = true;
    }
  }

  private telemetryOf(message: ReceivedMessage): Telemetry {
    const headers = this.stamps.headers(this.device.context.clock.now());
    addTelemetryProperties(message, headers);
    return { headers, value: message.bodyBytes() };
  }
}
