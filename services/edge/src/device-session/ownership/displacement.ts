import type { Claim, Held } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { Logger } from '@mooring/observability';
import type { DeviceIdentity } from '../device-identity.js';

/** How an older connection was dealt with. `announced`: nobody was asked, or nobody whose answer is waited for. */
export type TakeOverOutcome = 'local' | 'confirmed' | 'unconfirmed' | 'announced';

export interface TakeOver {
  readonly identity: DeviceIdentity;
  readonly epoch: number;
  /** Undefined if it is not known who has it. */
  readonly previous: Held | undefined;
  readonly outcome: TakeOverOutcome;
}

/** Asks other edges to close. */
export interface OtherEdges {
  /** @returns whether a connection with a smaller epoch was there and is closed. Rejects if the edge cannot be asked. */
  close(previous: Held, identity: DeviceIdentity, epoch: number): Promise<boolean>;
}

export interface DisplacementOptions {
  /** Name of this process. */
  readonly edge: string;
  /** Undefined where there are none that can be asked. */
  readonly otherEdges: OtherEdges | undefined;
  readonly announce: (identity: DeviceIdentity, epoch: number) => void;
  /** Whether this process knows that connection of its own, admitted or about to be. */
  readonly isKnown: (identity: DeviceIdentity, epoch: number) => boolean;
  readonly onTakeOver: (takeOver: TakeOver) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** An older connection elsewhere is waited for at most so long. */
export const CONFIRM_MS = 500;

/**
 * Closes whom a claim displaced. Its edge is asked; the new connection is admitted once that has confirmed, or 500 ms after
 * the claim. Where it does not confirm, all edges are told at once by broadcast, and the rest of the 500 ms is what that may
 * take. So there are two live connections of an identity at most from then until the broadcast arrives; and an edge that hears
 * nothing fences itself when its lease ends, or closes all when it hears of neither store for that long.
 */
export class Displacement {
  /** By identity: what a newer claim of this edge waits for too, since whom the first one displaced may still be there. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(private readonly options: DisplacementOptions) {}

  /**
   * @param isStoreWhole false while the store may lack entries: a claim that displaced nobody tells nothing then
   * @returns undefined if there is nothing to wait for
   */
  displace(identity: DeviceIdentity, claim: Claim, isStoreWhole: boolean): Promise<void> | undefined {
    const { edge, otherEdges, isKnown } = this.options;
    const { previous, lapsed, epoch } = claim;
    if (previous !== undefined && previous.edge !== edge && otherEdges !== undefined) {
      return this.track(identity.name, this.ask(identity, previous, { epoch, otherEdges }));
    }
    const holder = previous ?? lapsed;
    if (holder?.edge === edge && isKnown(identity, holder.epoch)) {
      this.options.onTakeOver({ identity, epoch, previous: holder, outcome: 'local' });
    } else if (holder !== undefined || !isStoreWhole) {
      // Of an edge that cannot be asked, or whose lease has lapsed, or that the store does not know yet; or a claim of this
      // edge whose answer was lost, and then nobody knows whom that displaced.
      this.announce(identity, epoch, holder);
    }
    return this.underWay.get(identity.name);
  }

  private announce(identity: DeviceIdentity, epoch: number, previous: Held | undefined): void {
    this.options.announce(identity, epoch);
    this.options.onTakeOver({ identity, epoch, previous, outcome: 'announced' });
  }

  private ask(
    identity: DeviceIdentity,
    previous: Held,
    { epoch, otherEdges }: { readonly epoch: number; readonly otherEdges: OtherEdges },
  ): Promise<void> {
    const { clock, log, announce, onTakeOver } = this.options;
    return new Promise((resolve) => {
      let isAnnounced = false;
      const tellAll = () => {
        if (!isAnnounced) {
          isAnnounced = true;
          announce(identity, epoch);
          onTakeOver({ identity, epoch, previous, outcome: 'unconfirmed' });
        }
      };
      const timer = clock.after(CONFIRM_MS, () => {
        tellAll();
        resolve();
      });
      otherEdges.close(previous, identity, epoch).then(
        (isConfirmed) => {
          if (!isConfirmed) {
            tellAll();
          } else if (!isAnnounced) {
            timer.cancel();
            onTakeOver({ identity, epoch, previous, outcome: 'confirmed' });
            resolve();
          }
        },
        (error: unknown) => {
          log.debug({ err: error, edge: previous.edge }, 'an edge could not be asked to close');
          tellAll();
        },
      );
    });
  }

  private track(name: string, asked: Promise<void>): Promise<void> {
    const earlier = this.underWay.get(name);
    const all = earlier === undefined ? asked : Promise.all([earlier, asked]).then(() => undefined);
    const tracked = all.finally(() => {
      if (this.underWay.get(name) === tracked) {
        this.underWay.delete(name);
      }
    });
    this.underWay.set(name, tracked);
    return tracked;
  }
}
