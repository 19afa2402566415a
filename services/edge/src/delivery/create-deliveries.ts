import type { edge as contract } from '@mooring/proto';
import type { LiveConnections } from '../device-session/live/live-connections.js';
import type { EdgeOptions } from '../edge-options.js';
import type { MessageEvents, MessageFlowOptions } from '../messages/message-flow.js';
import { MessageQueues } from '../messages/message-queues.js';
import { EdgesByPrefix } from '../methods/edges-by-prefix.js';
import { MethodCalls } from '../methods/method-calls.js';
import { MethodReplies } from '../methods/method-replies.js';
import { RequestIds } from '../methods/request-ids.js';
import type { DeliveryOperations } from '../reports/delivery-operations.js';
import type { DeviceThrottles } from '../throttling/device-throttles.js';
import { Twins } from '../twins/twins.js';
import { CatchUp } from './catch-up.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { EdgeDelivery } from './edge-delivery.js';

/** What goes between services and devices in both directions, for the adapters of all protocols. */
export interface Deliveries {
  readonly service: contract.DeliveryService;
  readonly twins: Twins;
  readonly methodReplies: MethodReplies;
  readonly messages: MessageFlowOptions;
  readonly catchUp: CatchUp;
  /** Callers of methods are told that no answer will come. */
  stop(): void;
}

export interface Surroundings {
  /** Name of this process. */
  readonly edge: string;
  readonly throttles: DeviceThrottles | undefined;
  readonly live: LiveConnections;
  readonly operations: DeliveryOperations | undefined;
}

export function createDeliveries(
  options: EdgeOptions,
  { edge, throttles, live, operations }: Surroundings,
): Deliveries {
  const { settings, twinService, c2dQueueService, deliveryPeers: peers, affinity, clock, log } = options;
  const metrics: DeliveryMetrics = new DeliveryMetrics(options.metrics, () => calls.size);
  const requestIds = new RequestIds(edge);
  const calls = new MethodCalls({
    requestIds,
    maxWaiting: settings.maxWaitingMethods,
    onEnded: (outcome) => metrics.countCall(outcome),
    clock,
  });
  const methodReplies = new MethodReplies({
    calls,
    prefix: requestIds.prefix,
    others: peers === undefined ? undefined : new EdgesByPrefix({ peers, affinity, clock }),
    onReply: (outcome, identity) => {
      metrics.countReply(outcome);
      if (outcome === 'unexpected' || outcome === 'malformed') {
        operations?.methodReplyUnexpected(identity);
      }
    },
    log,
  });
  const twins = new Twins({
    twinService,
    throttles,
    live,
    onThrottled: (admission, operation) => operations?.twinThrottled(admission, operation),
    onEnded: (operation, status) => metrics.countTwinOperation(operation, status),
    clock,
    log,
  });
  const messages = {
    queues: new MessageQueues({ c2dQueueService, log }),
    events: messageEvents(metrics, operations),
    clock,
    log,
  };
  const onPushed = (delivery: contract.Delivery) => metrics.countPush(delivery);
  return {
    service: new EdgeDelivery({ live, calls, replies: methodReplies, onPushed }),
    twins,
    methodReplies,
    messages,
    catchUp: new CatchUp({ twinService, live, clock, log }),
    stop: () => calls.stop(),
  };
}

function messageEvents(metrics: DeliveryMetrics, operations: DeliveryOperations | undefined): MessageEvents {
  return {
    delivered: () => metrics.countMessage('delivered'),
    undeliverable: (admission, reason) => {
      metrics.countMessage('undeliverable');
      operations?.messageRejected(admission, reason);
    },
    settled: (outcome) => metrics.countSettled(outcome),
    settlementLost: (admission, error) => {
      metrics.countMessage('settlement-lost');
      operations?.settlementLost(admission, error);
    },
  };
}
