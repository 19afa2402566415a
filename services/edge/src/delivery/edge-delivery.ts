import { HubError } from '@mooring/errors';
import { edge, type identity } from '@mooring/proto';
import { type DeviceIdentity, deviceIdentity } from '../device-session/device-identity.js';
import type { LiveConnections } from '../device-session/live/live-connections.js';
import type { MethodCalls } from '../methods/method-calls.js';
import type { MethodReplies } from '../methods/method-replies.js';

export interface EdgeDeliveryOptions {
  readonly live: Pick<LiveConnections, 'get'>;
  readonly calls: MethodCalls;
  readonly replies: MethodReplies;
  readonly onPushed: (delivery: edge.Delivery) => void;
}

const MAX_BATCH = 500;

/** Hands what services have for devices to their connections here, whatever protocol they speak. */
export class EdgeDelivery implements edge.DeliveryService {
  constructor(private readonly options: EdgeDeliveryOptions) {}

  async pushDesired({ pushes }: edge.PushDesiredRequest): Promise<edge.PushDesiredResponse> {
    checkSize(pushes);
    const deliveries = pushes.map((push) => this.push(push));
    deliveries.forEach(this.options.onPushed);
    return { deliveries };
  }

  invokeMethod({ key, ...call }: edge.InvokeMethodRequest): Promise<edge.InvokeMethodResponse> {
    const { name } = identityOf(key);
    return this.options.calls.invoke(name, this.options.live.get(name), call);
  }

  async cancelMethod({ callId }: edge.CancelMethodRequest): Promise<edge.CancelMethodResponse> {
    this.options.calls.cancel(callId);
    return {};
  }

  async forwardMethodReply(request: edge.ForwardMethodReplyRequest): Promise<edge.ForwardMethodReplyResponse> {
    const { key, requestId, status, payload } = request;
    this.options.replies.acceptHere(identityOf(key), requestId, { status, payload });
    return {};
  }

  async hintMessages({ keys }: edge.HintMessagesRequest): Promise<edge.HintMessagesResponse> {
    checkSize(keys);
    for (const key of keys) {
      this.options.live.get(identityOf(key).name)?.hintMessages();
    }
    return {};
  }

  private push({ key, generationId, version, json }: edge.DesiredPush): edge.Delivery {
    const connection = this.options.live.get(identityOf(key).name);
    if (connection === undefined || connection.admission?.generationId !== generationId) {
      return edge.Delivery.NOT_CONNECTED;
    }
    if (!connection.wantsDesired) {
      return edge.Delivery.NOT_SUBSCRIBED;
    }
    if (connection.fenced || connection.congested) {
      // It would miss a version and not know: a device that connects again asks for all.
      connection.close(connection.congested ? 'write-timeout' : 'isolated');
      return edge.Delivery.NOT_CONNECTED;
    }
    if (version > connection.desiredVersion) {
      connection.desiredVersion = version;
      connection.pushDesired({ version, json });
    }
    return edge.Delivery.DELIVERED;
  }
}

function checkSize(list: readonly unknown[]): void {
  if (list.length > MAX_BATCH) {
    throw new HubError('ArgumentInvalid', `At most ${MAX_BATCH} at a time.`);
  }
}

/** One that nobody has, where the key is missing. */
function identityOf(key: identity.IdentityKey | undefined): DeviceIdentity {
  return deviceIdentity(key?.deviceId ?? '', key?.moduleId ?? '');
}
