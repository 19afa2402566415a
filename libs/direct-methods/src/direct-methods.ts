import { randomUUID } from 'node:crypto';
import type { Clock } from '@mooring/clock';
import type { DeviceLocator } from '@mooring/delivery';
import { HubError, isHubError } from '@mooring/errors';
import type { Logger, Metrics } from '@mooring/observability';
import type { OperationRecorder } from '@mooring/operations';
import type { identity } from '@mooring/proto';
import { DevicePoll, type Edges, POLL_MS } from './device-poll.js';
import { callAt } from './edge-call.js';
import { requireIdentity } from './existence.js';
import { type CheckedCall, checkedCall, type MethodCall } from './method-call.js';
import { MethodMetrics } from './method-metrics.js';
import { MethodRecords } from './method-records.js';
import { type MethodReply, replyFrom } from './method-reply.js';

export interface DirectMethodsOptions {
  readonly locator: DeviceLocator;
  readonly directory: identity.DirectoryService;
  readonly operations: Pick<OperationRecorder, 'record'>;
  /** Calls that may be in progress at a time; more are refused. */
  readonly maxWaiting: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Longest pause between two questions to an edge where the device is, but does not listen to methods. */
const MOST_LOOKS_TO_SKIP = 7;

/** Calls methods on devices and modules, wherever they are connected. One for each process. */
export class DirectMethods {
  private readonly poll: DevicePoll;
  private readonly metrics: MethodMetrics;
  private readonly records: MethodRecords;
  private inProgress = 0;

  constructor(private readonly options: DirectMethodsOptions) {
    this.poll = new DevicePoll(options.locator, options.clock);
    this.metrics = new MethodMetrics(options.metrics, () => this.inProgress);
    this.records = new MethodRecords(options.operations);
  }

  /**
   * Calls a method, at most once, and waits for the device's answer.
   * @throws HubError `ArgumentInvalid` or `MessageTooLarge` for a call that no device may be given, `ThrottlingException` if
   *   too many are in progress, `DeviceNotFound` or `ModuleNotFound`, `DeviceNotOnline` if it was not connected or did not
   *   listen within the connect timeout, `GatewayTimeout` if it did not answer in time, `DeviceConnectionClosedRemotely` if
   *   its edge went away meanwhile, `GenericBadGateway` or `MessageTooLarge` for its answer, `ServiceUnavailable`
   * @throws the signal's reason once that is aborted
   */
  async invoke(call: MethodCall): Promise<MethodReply> {
    const { clock, maxWaiting } = this.options;
    const startedAt = clock.monotonic();
    const end = (outcome: string) => {
      const durationMs = clock.monotonic() - startedAt;
      this.metrics.ended(outcome, durationMs);
      return durationMs;
    };
    try {
      const checked = checkedCall(call);
      if (this.inProgress >= maxWaiting) {
        throw new HubError('ThrottlingException', 'Too many method calls are in progress: try again later.');
      }
      const reply = await this.countingIn(() => this.deliver(checked));
      this.records.succeeded(call, reply, end('ok'));
      return reply;
    } catch (error) {
      if (call.signal?.aborted && error === call.signal.reason) {
        this.records.cancelled(call, end('cancelled'));
      } else {
        this.records.failed(call, error, end(isHubError(error) ? error.error : 'ServerError'));
      }
      throw error;
    }
  }

  private async countingIn<Result>(action: () => Promise<Result>): Promise<Result> {
    this.inProgress += 1;
    try {
      return await action();
    } finally {
      this.inProgress -= 1;
    }
  }

  private async deliver(call: CheckedCall): Promise<MethodReply> {
    const { clock, locator } = this.options;
    const search = new Search(call, clock.monotonic() + call.connectTimeoutMs);
    let edges = await search.noting(locator.locate([call.key]).then(([found = []]) => found));
    for (;;) {
      const reply = await this.askAll(edges ?? [], search);
      if (reply !== undefined) {
        return reply;
      }
      if (!search.exists) {
        search.exists = (await search.noting(requireIdentity(this.options.directory, call.key))) !== undefined;
      }
      const leftMs = search.until - clock.monotonic();
      if (leftMs <= 0) {
        throw search.failure ?? notOnline();
      }
      search.failure = undefined;
      const looksToSkip = Math.min(search.looksToSkip(edges ?? []), Math.ceil(leftMs / POLL_MS) - 1);
      edges = await search.noting(this.poll.next(call.key, looksToSkip, call.signal));
      call.signal?.throwIfAborted();
    }
  }

  /** One after the other, so that none is asked once the device has the call. */
  private async askAll(edges: Edges, search: Search): Promise<MethodReply | undefined> {
    for (const edge of edges) {
      const outcome = await callAt(edge, { ...search.call, callId: search.callId }, this.options);
      if (outcome.delivered) {
        return replyFrom(outcome.response);
      }
      search.failure ??= outcome.failure;
    }
    return undefined;
  }
}

/** One call that looks for its device. */
class Search {
  readonly callId = randomUUID();
  /** Whether there is such an identity; asked only for one that is not connected. */
  exists = false;
  /** Why it cannot be said whether the device is connected. */
  failure: HubError | undefined;
  private fruitless = 0;

  /** @param until by the monotonic clock */
  constructor(
    readonly call: CheckedCall,
    readonly until: number,
  ) {}

  /** A part of the hub that is away for a moment is as a device that is. */
  async noting<Found>(found: Promise<Found>): Promise<Found | undefined> {
    try {
      return await found;
    } catch (error) {
      if (!isHubError(error) || error.error !== 'ServiceUnavailable') {
        throw error;
      }
      this.failure = error;
      return undefined;
    }
  }

  looksToSkip(asked: Edges): number {
    this.fruitless = asked.length === 0 ? 0 : this.fruitless * 2 + 1;
    return Math.min(this.fruitless >> 1, MOST_LOOKS_TO_SKIP);
  }
}

function notOnline(): HubError {
  return new HubError('DeviceNotOnline', 'The device is not connected, or does not listen to methods.');
}
