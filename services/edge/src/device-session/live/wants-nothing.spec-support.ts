import type { DeliveryTarget } from './live-connection.js';

/** The part of a connection that services hand things to, where it has asked for nothing. */
export class WantsNothing implements DeliveryTarget {
  fenced = false;
  congested = false;
  wantsDesired = false;
  wantsMethods = false;
  desiredVersion = 0;

  pushDesired(): void {
    throw new Error('it wants no desired changes');
  }

  requestMethod(): void {
    throw new Error('it wants no method calls');
  }

  hintMessages(): void {
    // It wants none.
  }
}
