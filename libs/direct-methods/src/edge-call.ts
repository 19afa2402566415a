import type { Clock } from '@mooring/clock';
import { HubError, isHubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import { edge } from '@mooring/proto';
import { undelivered } from '@mooring/rpc';
import type { CheckedCall } from './method-call.js';

/** How much longer than the device an edge may take: it is the edge that tells time-outs, as long as it is well. */
const GRACE_MS = 5_000;

export interface EdgeCallParts {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What came of asking one edge; what is not delivered may be asked of another. */
export type EdgeOutcome =
  | { readonly delivered: true; readonly response: edge.InvokeMethodResponse }
  | { readonly delivered: false; readonly failure?: HubError };

/**
 * Has one edge give a call to its device, and waits for the answer.
 * @throws HubError `GatewayTimeout`; `DeviceConnectionClosedRemotely` if the edge went away and the device may have had the
 *   call; what the edge threw; the signal's reason once that is aborted
 */
export async function callAt(
  at: edge.DeliveryService,
  call: CheckedCall & { readonly callId: string },
  parts: EdgeCallParts,
): Promise<EdgeOutcome> {
  const { key, callId, methodName, payload, responseTimeoutMs, signal } = call;
  signal?.throwIfAborted();
  const { promise: given, reject: giveUp } = Promise.withResolvers<never>();
  const abort = () => giveUp(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  const timer = parts.clock.after(responseTimeoutMs + GRACE_MS, () => giveUp(timedOut()));
  let answered = false;
  const answer = at.invokeMethod({ key, callId, methodName, payload, responseTimeoutMs }).finally(() => {
    answered = true;
  });
  try {
    return outcomeOf(await Promise.race([answer, given]));
  } catch (error) {
    if (!answered) {
      answer.catch(() => undefined);
      cancel(at, callId, parts.logger);
    }
    return failed(error);
  } finally {
    timer.cancel();
    signal?.removeEventListener('abort', abort);
  }
}

function outcomeOf(response: edge.InvokeMethodResponse): EdgeOutcome {
  if (response.delivery !== edge.Delivery.DELIVERED) {
    return { delivered: false };
  }
  if (response.timedOut) {
    throw timedOut();
  }
  return { delivered: true, response };
}

function failed(error: unknown): EdgeOutcome {
  if (!isHubError(error)) {
    throw error;
  }
  switch (undelivered(error)) {
    case 'unreachable':
      // The process has gone, and its devices with it: they will be found elsewhere.
      return { delivered: false };
    case 'refused':
      return { delivered: false, failure: error };
    default:
      throw error.error === 'ServiceUnavailable' ? lost(error) : error;
  }
}

/** Nothing follows from a cancellation that is lost: the edge's own time-out ends the call. */
function cancel(at: edge.DeliveryService, callId: string, logger: Logger): void {
  at.cancelMethod({ callId }).catch((error: unknown) => {
    logger.debug({ err: error }, 'a method call could not be cancelled');
  });
}

function timedOut(): HubError {
  return new HubError('GatewayTimeout', 'The device did not answer the method in time.');
}

function lost(cause: HubError): HubError {
  return new HubError(
    'DeviceConnectionClosedRemotely',
    'The connection to the device was lost during the call: whether the method was carried out is not known.',
    { cause },
  );
}
