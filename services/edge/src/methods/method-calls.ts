import type { Clock, Timer } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { edge } from '@mooring/proto';
import type { DeliveryTarget } from '../device-session/live/live-connection.js';
import type { RequestIds } from './request-ids.js';

/** How a call ended; a label of the metric. */
export type CallOutcome =
  | 'answered'
  | 'timed-out'
  | 'cancelled'
  | 'throttled'
  | 'not-subscribed'
  | 'not-connected'
  | 'lost';

export interface MethodCallsOptions {
  readonly requestIds: RequestIds;
  /** Calls that may wait for answers in this process. */
  readonly maxWaiting: number;
  readonly onEnded: (outcome: CallOutcome) => void;
  readonly clock: Clock;
}

export interface MethodReply {
  readonly status: number;
  /** As the device gave it; may be empty, and need not be JSON. */
  readonly payload: Buffer;
}

type Invocation = Omit<edge.InvokeMethodRequest, 'key'>;

interface Call {
  /** Of the identity. */
  readonly name: string;
  readonly callId: string;
  readonly resolve: (response: edge.InvokeMethodResponse) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
}

const MAX_WAITING_OF_ONE = 100;
/** Azure's longest, and then a little. */
const MAX_RESPONSE_TIMEOUT_MS = 310_000;
const MAX_NAME_LENGTH = 100;
const MAX_PAYLOAD_BYTES = 128 * 1024;
const NO_PAYLOAD = Buffer.alloc(0);

/**
 * Method calls that devices were given here and have not answered yet. A call outlives the connection that it went over: the
 * device may come back, here or at another edge, and answer in time.
 */
export class MethodCalls {
  private readonly byRequestId = new Map<string, Call>();
  private readonly byCallId = new Map<string, string>();
  private readonly waitingOf = new Map<string, number>();

  constructor(private readonly options: MethodCallsOptions) {}

  get size(): number {
    return this.byRequestId.size;
  }

  /**
   * Hands a call to a connection; resolves when it is over.
   *
   * @param name of the identity
   * @throws HubError `ThrottlingException` if too many wait, `ServiceUnavailable` if this edge ends before the answer
   */
  async invoke(name: string, target: DeliveryTarget | undefined, call: Invocation): Promise<edge.InvokeMethodResponse> {
    check(call);
    if (target === undefined || target.fenced || target.congested) {
      return this.undelivered(edge.Delivery.NOT_CONNECTED);
    }
    if (!target.wantsMethods) {
      return this.undelivered(edge.Delivery.NOT_SUBSCRIBED);
    }
    const waiting = this.waitingOf.get(name) ?? 0;
    if (this.size >= this.options.maxWaiting || waiting >= MAX_WAITING_OF_ONE) {
      this.options.onEnded('throttled');
      throw new HubError('ThrottlingException', 'Too many method calls wait for answers: try again later.');
    }
    if (this.byCallId.has(call.callId)) {
      throw new HubError('InvalidOperation', 'A method call of this id waits already.');
    }
    return await this.begin(name, target, call);
  }

  /** The caller does not want the answer any more. */
  cancel(callId: string): void {
    const requestId = this.byCallId.get(callId);
    if (requestId !== undefined) {
      this.end(requestId, 'cancelled')?.resolve(TIMED_OUT);
    }
  }

  /** @returns false if no call of this identity waits for that answer */
  answer(name: string, requestId: string, { status, payload }: MethodReply): boolean {
    if (this.byRequestId.get(requestId)?.name !== name) {
      return false;
    }
    this.end(requestId, 'answered')?.resolve({ delivery: edge.Delivery.DELIVERED, timedOut: false, status, payload });
    return true;
  }

  /** The process ends: no answer will be heard. */
  stop(): void {
    for (const requestId of [...this.byRequestId.keys()]) {
      this.end(requestId, 'lost')?.reject(new HubError('ServiceUnavailable', 'The edge of the device has ended.'));
    }
  }

  private begin(name: string, target: DeliveryTarget, call: Invocation): Promise<edge.InvokeMethodResponse> {
    const { requestIds, clock } = this.options;
    const requestId = requestIds.next();
    const { promise, resolve, reject } = Promise.withResolvers<edge.InvokeMethodResponse>();
    const timeout = Math.min(call.responseTimeoutMs, MAX_RESPONSE_TIMEOUT_MS);
    const timer = clock.after(timeout, () => this.end(requestId, 'timed-out')?.resolve(TIMED_OUT));
    this.byRequestId.set(requestId, { name, callId: call.callId, resolve, reject, timer });
    this.byCallId.set(call.callId, requestId);
    this.waitingOf.set(name, (this.waitingOf.get(name) ?? 0) + 1);
    try {
      target.requestMethod({ requestId, name: call.methodName, payload: call.payload });
    } catch (error) {
      this.end(requestId, 'lost');
      throw error;
    }
    return promise;
  }

  private end(requestId: string, outcome: CallOutcome): Call | undefined {
    const call = this.byRequestId.get(requestId);
    if (call === undefined) {
      return undefined;
    }
    call.timer.cancel();
    this.byRequestId.delete(requestId);
    this.byCallId.delete(call.callId);
    const others = (this.waitingOf.get(call.name) ?? 1) - 1;
    if (others === 0) {
      this.waitingOf.delete(call.name);
    } else {
      this.waitingOf.set(call.name, others);
    }
    this.options.onEnded(outcome);
    return call;
  }

  private undelivered(delivery: edge.Delivery): edge.InvokeMethodResponse {
    this.options.onEnded(delivery === edge.Delivery.NOT_SUBSCRIBED ? 'not-subscribed' : 'not-connected');
    return { delivery, timedOut: false, status: 0, payload: NO_PAYLOAD };
  }
}

const TIMED_OUT: edge.InvokeMethodResponse = {
  delivery: edge.Delivery.DELIVERED,
  timedOut: true,
  status: 0,
  payload: NO_PAYLOAD,
};

function check({ methodName, payload, callId }: Invocation): void {
  if (callId === '' || methodName === '' || methodName.length > MAX_NAME_LENGTH) {
    throw new HubError('ArgumentInvalid', `A method has a name of 1 to ${MAX_NAME_LENGTH} characters.`);
  }
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw new HubError('MessageTooLarge', `The payload of a method is at most ${MAX_PAYLOAD_BYTES} bytes.`);
  }
}
