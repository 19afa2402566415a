import type { AppendOrigin } from '@mooring/event-log';
import type { MutableHeaders } from '@mooring/messages';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import { type Fault, readFault } from './fault.js';
import type { FaultInjection, FaultTarget } from './fault-injection.js';

export interface FaultOriginOptions {
  readonly injection: FaultInjection;
  readonly identity: DeviceIdentity;
  readonly target: FaultTarget;
  /** The origin in whose place it stands. */
  readonly origin: AppendOrigin;
}

interface Asked {
  /** Number of the message among those of the origin. */
  readonly message: number;
  readonly fault: Fault;
}

/**
 * Stands in the place of the origin of a connection's messages, all of them, and arms the faults that they ask for once the
 * origin has acknowledged them.
 */
export class FaultOrigin implements AppendOrigin {
  private readonly asked: Asked[] = [];
  private appends = 0;
  private durable = 0;

  constructor(private readonly options: FaultOriginOptions) {}

  /**
   * To be called with messages that are appended next, all of them and in their order, with this as their origin.
   *
   * @throws HubError while the messages of the identity are refused
   */
  admit(messages: readonly { readonly headers: Readonly<MutableHeaders> }[]): void {
    const { injection, identity } = this.options;
    const refusal = injection.refusal(identity);
    if (refusal !== undefined) {
      throw refusal;
    }
    for (const { headers } of messages) {
      this.appends++;
      const fault = readFault(headers);
      if (fault !== undefined) {
        this.asked.push({ message: this.appends, fault });
      }
    }
  }

  appended(token: number): void {
    this.durable++;
    this.options.origin.appended(token);
  }

  appendedAll(): void {
    const { origin, injection, identity, target } = this.options;
    origin.appendedAll();
    while ((this.asked[0]?.message ?? Number.POSITIVE_INFINITY) <= this.durable) {
      const asked = this.asked.shift();
      if (asked !== undefined) {
        injection.arm(identity, asked.fault, target);
      }
    }
  }

  appendFailed(error: Error): void {
    this.options.origin.appendFailed(error);
  }

  appendable(): void {
    this.options.origin.appendable();
  }

  /** The connection has ended, or what of it the messages came over: it cannot be broken any more. */
  closed(): void {
    const { injection, identity, target } = this.options;
    injection.ended(identity, target);
  }
}
