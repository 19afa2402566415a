import type { DeviceLocator } from '@mooring/delivery';
import type { c2dqueue, edge, twin } from '@mooring/proto';

/** What tests expect to be called, and answer; whatever else is called fails. */
export interface ServiceCalls {
  twin?: Partial<twin.TwinService>;
  c2dQueue?: Partial<c2dqueue.C2dQueueService>;
  locate?: DeviceLocator['locate'];
}

/** The twin service as a test wants it. */
export function fakeTwin(calls: ServiceCalls): twin.TwinService {
  return {
    getTwin: (request) => expected(calls.twin?.getTwin)(request),
    updateTwin: (request) => expected(calls.twin?.updateTwin)(request),
    queryTwins: (request) => expected(calls.twin?.queryTwins)(request),
    getProperties: (request) => expected(calls.twin?.getProperties)(request),
    patchReported: (request) => expected(calls.twin?.patchReported)(request),
    setModels: (request) => expected(calls.twin?.setModels)(request),
    getDesiredVersions: (request) => expected(calls.twin?.getDesiredVersions)(request),
  };
}

/** The queues as a test wants them; they are empty unless it says otherwise. */
export function fakeC2dQueue(calls: ServiceCalls): c2dqueue.C2dQueueService {
  const empty: c2dqueue.C2dQueueService['count'] = async ({ keys }) => ({ counts: keys.map(() => 0) });
  return {
    enqueue: (request) => expected(calls.c2dQueue?.enqueue)(request),
    purge: (request) => expected(calls.c2dQueue?.purge)(request),
    count: (request) => (calls.c2dQueue?.count ?? empty)(request),
    receiveFeedback: (request) => expected(calls.c2dQueue?.receiveFeedback)(request),
    settleFeedback: (request) => expected(calls.c2dQueue?.settleFeedback)(request),
    receive: (request) => expected(calls.c2dQueue?.receive)(request),
    settle: (request) => expected(calls.c2dQueue?.settle)(request),
    detach: (request) => expected(calls.c2dQueue?.detach)(request),
  };
}

/** Where devices are: nowhere unless a test says otherwise. */
export function fakeLocator(calls: ServiceCalls): DeviceLocator {
  return { locate: (keys) => calls.locate?.(keys) ?? Promise.resolve(keys.map(() => [])) };
}

/** An edge that holds a device. */
export function fakeEdge(calls: Partial<edge.DeliveryService>): edge.DeliveryService {
  return {
    pushDesired: (request) => expected(calls.pushDesired)(request),
    invokeMethod: (request) => expected(calls.invokeMethod)(request),
    cancelMethod: (request) => expected(calls.cancelMethod)(request),
    forwardMethodReply: (request) => expected(calls.forwardMethodReply)(request),
    hintMessages: (request) => expected(calls.hintMessages)(request),
  };
}

function expected<Call>(call: Call | undefined): Call {
  if (call === undefined) {
    throw new Error('No service is expected to be called so');
  }
  return call;
}
