import type { Clock } from '@mooring/clock';
import { HubError, isHubError } from '@mooring/errors';
import type { Logger } from '@mooring/observability';
import { c2dqueue } from '@mooring/proto';
import type { Admission } from '../device-session/live/live-connection.js';
import type { MessageQueues } from './message-queues.js';

/** The connection that messages are delivered to, in the way of its protocol. */
export interface MessageSink {
  /** Messages that it can take now: none while it does not want any, may hold its identity no more, or does not read. */
  readonly messageCredit: number;
  /** Sends a message; it is settled by its lock token later, or at once. */
  deliver(message: c2dqueue.ReceivedMessage): void;
  /** A message could not be delivered for a fault of the hub: the connection is closed. */
  fail(error: unknown): void;
}

/** What happens to messages, for whoever counts. */
export interface MessageEvents {
  delivered(): void;
  /** It is of a form that the connection's protocol cannot carry, and rejected in the device's place. */
  undeliverable(admission: Admission, reason: string): void;
  settled(outcome: c2dqueue.Outcome): void;
  /** What the device said of a message came too late, or could not be stored. */
  settlementLost(admission: Admission, error: HubError): void;
}

export interface MessageFlowOptions {
  readonly queues: MessageQueues;
  readonly events: MessageEvents;
  readonly clock: Clock;
  readonly log: Logger;
}

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 30_000;
const NO_ROOM_MS = 20;
/** Those a queue holds. */
const MAX_MESSAGES = 50;

/**
 * The messages of one connection's queue: asks for as many as it takes, and again when there are more or a hint says so. The
 * queue locks them for the connection's epoch.
 */
export class MessageFlow {
  private readonly receiver: c2dqueue.Receiver;
  /** Lock tokens of what was delivered and is not settled. */
  private readonly held: Buffer[] = [];
  /** There may be messages that were not asked for yet. */
  private pending = true;
  private receiving = false;
  private attached = false;
  private detaching = false;
  private closed: PromiseWithResolvers<void> | undefined;
  /** Calls on their way. */
  private calls = 0;
  private retryMs = 0;

  constructor(
    private readonly options: MessageFlowOptions,
    private readonly admission: Admission,
    private readonly sink: MessageSink,
  ) {
    const { identity, generationId, epoch } = admission;
    this.receiver = { key: { deviceId: identity.deviceId, moduleId: identity.moduleId }, generationId, epoch };
  }

  /** There may be messages. */
  hint(): void {
    this.pending = true;
    this.resume();
  }

  /** The sink may have credit again. */
  resume(): void {
    if (this.pending && !this.receiving && this.closed === undefined && this.sink.messageCredit > 0) {
      this.receiving = true;
      void this.receive();
    }
  }

  /**
   * What the device says of a message that was delivered. Tried again while the store is away and the connection lives.
   *
   * @param lockToken of the message, the same object
   * @returns why it could not be settled; undefined if it was
   */
  async settle(lockToken: Buffer, outcome: c2dqueue.Outcome): Promise<HubError | undefined> {
    const { queues, events } = this.options;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      const error = await this.calling(() => queues.settle({ receiver: this.receiver, lockToken, outcome }));
      if (error === undefined) {
        this.forget(lockToken);
        events.settled(outcome);
        return undefined;
      }
      if (this.closed !== undefined || !isPassing(error)) {
        this.forget(lockToken);
        events.settlementLost(this.admission, error);
        return error;
      }
      await this.pause(retryMs);
    }
  }

  /**
   * The connection has ended: what it held is freed, once what is on its way has arrived.
   *
   * @returns when it is free; never rejects. Another flow of the same epoch must wait: what it held would be freed too
   */
  close(): Promise<void> {
    this.closed ??= Promise.withResolvers<void>();
    const { promise } = this.closed;
    this.detachIfDone();
    return promise;
  }

  private async receive(): Promise<void> {
    const { queues, log } = this.options;
    this.pending = false;
    this.attached = true;
    const item = {
      receiver: this.receiver,
      maxMessages: Math.min(this.sink.messageCredit, MAX_MESSAGES),
      lockMs: 0,
      held: { lockTokens: [...this.held] },
    };
    let received: c2dqueue.ReceivedMessages | undefined;
    const error = await this.calling(async () => {
      received = await queues.receive(item);
    });
    if (received !== undefined) {
      this.retryMs = 0;
      this.deliver(received);
      if (received.more && received.messages.length === 0) {
        // The answer had no room for them.
        await this.pause(NO_ROOM_MS);
      }
    } else if (this.closed === undefined) {
      log.debug({ err: error, deviceId: this.receiver.key?.deviceId }, 'messages could not be received');
      this.pending = true;
      this.retryMs = Math.min(Math.max(this.retryMs * 2, FIRST_RETRY_MS), LAST_RETRY_MS);
      await this.pause(this.retryMs);
    }
    this.receiving = false;
    this.resume();
  }

  /** What the sink does not take any more is given again, with the same locks, when it is asked for next. */
  private deliver({ messages, more }: c2dqueue.ReceivedMessages): void {
    this.pending ||= more;
    try {
      for (const message of messages) {
        if (this.closed !== undefined || this.sink.messageCredit <= 0) {
          this.pending = true;
          return;
        }
        this.held.push(message.lockToken);
        this.sink.deliver(message);
      }
    } catch (error) {
      this.sink.fail(error);
    }
  }

  /** @returns what the call rejected with */
  private async calling(call: () => Promise<void>): Promise<HubError | undefined> {
    this.calls++;
    try {
      await call();
      return undefined;
    } catch (error) {
      return isHubError(error) ? error : new HubError('ServerError', 'The queue failed.', { cause: error });
    } finally {
      this.calls--;
      this.detachIfDone();
    }
  }

  private detachIfDone(): void {
    if (this.closed === undefined || this.calls > 0 || this.detaching) {
      return;
    }
    if (!this.attached) {
      this.closed.resolve();
      return;
    }
    this.detaching = true;
    const { log, queues } = this.options;
    void queues
      .detach(this.receiver)
      .catch((error: unknown) => {
        // The next connection's epoch frees what this one held.
        log.debug({ err: error, deviceId: this.receiver.key?.deviceId }, 'a queue could not be detached from');
      })
      .then(this.closed.resolve);
  }

  private forget(lockToken: Buffer): void {
    const index = this.held.indexOf(lockToken);
    if (index >= 0) {
      this.held.splice(index, 1);
    }
    this.resume();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.options.clock.after(ms, resolve));
  }
}

/** Whether the same call may succeed later. */
function isPassing({ status, error }: HubError): boolean {
  return status >= 500 || error === 'ThrottlingException';
}
