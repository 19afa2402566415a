import type { Clock, Timer } from '@mooring/clock';
import type { HubError } from '@mooring/errors';
import { Counter, type Logger, type Metrics } from '@mooring/observability';
import type { DeviceIdentity } from '../device-session/device-identity.js';
import type { Fault } from './fault.js';
import { refusalOf, refusesMessages } from './refused-messages.js';

/** Faults of one identity that wait for their time. */
const MAX_WAITING = 16;
/** Identities of which a fault waits, or lasts. */
const MAX_AFFLICTED = 5_000;

/** A connection, as a fault may break it. */
export interface FaultTarget {
  /** Breaks what the fault names; false if the connection has no such thing. Does nothing once it is closed. */
  strike(fault: Fault): boolean;
}

interface Waiting {
  readonly timer: Timer;
  /** Undefined: the fault is the identity's, whatever becomes of the connection. */
  readonly target: FaultTarget | undefined;
}

interface Afflicted {
  readonly waiting: Set<Waiting>;
  /** Refuses the messages of the identity until its timer fires. */
  refusing: { readonly fault: Fault; readonly timer: Timer } | undefined;
}

export interface FaultInjectionOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly injected: Counter<'type'>;
}

/** Is there on every edge, so that whoever looks sees that there are none. */
export function injectedFaults(metrics: Metrics): Counter<'type'> {
  return new Counter({
    name: 'mooring_edge_injected_faults_total',
    help: 'Faults that devices asked for and that were injected, by their type.',
    labelNames: ['type'],
    registers: [metrics],
  });
}

/**
 * Strikes connections with the faults that their devices have asked for, each after its delay. What breaks a connection is
 * forgotten when that ends; what refuses messages is the identity's, and ends with its duration. An identity of which
 * nothing waits or lasts costs nothing.
 */
export class FaultInjection {
  private readonly afflicted = new Map<string, Afflicted>();

  constructor(private readonly options: FaultInjectionOptions) {
    options.log.warn({}, 'fault injection is on: any device may break its own connection by a message');
  }

  /** What a message of the identity is refused with now; undefined if it is not. */
  refusal({ name }: DeviceIdentity): HubError | undefined {
    const refusing = this.afflicted.get(name)?.refusing;
    return refusing && refusalOf(refusing.fault);
  }

  /** To be called when the message that asks for the fault was acknowledged. */
  arm(identity: DeviceIdentity, fault: Fault, target: FaultTarget): void {
    const afflicted = this.afflictedOf(identity);
    if (afflicted === undefined || afflicted.waiting.size >= MAX_WAITING) {
      this.options.log.warn({ deviceId: identity.deviceId, fault }, 'too many faults wait: this one is left out');
      return;
    }
    if (refusesMessages(fault) && fault.delayMs === 0) {
      // With the acknowledgement: what the device sends next is refused.
      this.refuse(identity, afflicted, fault);
      return;
    }
    const waiting: Waiting = {
      target: refusesMessages(fault) ? undefined : target,
      timer: this.options.clock.after(fault.delayMs, () => {
        afflicted.waiting.delete(waiting);
        if (refusesMessages(fault)) {
          this.refuse(identity, afflicted, fault);
        } else {
          this.strike(identity, fault, target);
          this.forgetIfWell(identity, afflicted);
        }
      }),
    };
    afflicted.waiting.add(waiting);
  }

  /** The connection has ended: nothing is left to break. */
  ended(identity: DeviceIdentity, target: FaultTarget): void {
    const afflicted = this.afflicted.get(identity.name);
    if (afflicted !== undefined) {
      for (const waiting of [...afflicted.waiting]) {
        if (waiting.target === target) {
          waiting.timer.cancel();
          afflicted.waiting.delete(waiting);
        }
      }
      this.forgetIfWell(identity, afflicted);
    }
  }

  private strike({ deviceId }: DeviceIdentity, fault: Fault, target: FaultTarget): void {
    const { log } = this.options;
    if (target.strike(fault)) {
      this.options.injected.inc({ type: fault.type });
      log.info({ deviceId, fault }, 'a fault was injected');
    } else {
      log.info({ deviceId, fault }, 'a fault found nothing to break');
    }
  }

  private refuse(identity: DeviceIdentity, afflicted: Afflicted, fault: Fault): void {
    afflicted.refusing?.timer.cancel();
    const timer = this.options.clock.after(fault.durationMs, () => {
      afflicted.refusing = undefined;
      this.forgetIfWell(identity, afflicted);
    });
    afflicted.refusing = { fault, timer };
    this.options.injected.inc({ type: fault.type });
    this.options.log.info({ deviceId: identity.deviceId, fault }, 'a fault was injected');
  }

  private afflictedOf({ name }: DeviceIdentity): Afflicted | undefined {
    const known = this.afflicted.get(name);
    if (known !== undefined || this.afflicted.size >= MAX_AFFLICTED) {
      return known;
    }
    const added: Afflicted = { waiting: new Set(), refusing: undefined };
    this.afflicted.set(name, added);
    return added;
  }

  private forgetIfWell({ name }: DeviceIdentity, afflicted: Afflicted): void {
    if (afflicted.waiting.size === 0 && afflicted.refusing === undefined) {
      this.afflicted.delete(name);
    }
  }
}
