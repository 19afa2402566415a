import { HubError } from '@mooring/errors';

/** Requests of all identities that hold a body, or wait; and of one. */
const MAX_REQUESTS = 500;
const MAX_OF_ONE = 16;

/** Bounds what requests hold at a time, so that no identity takes the room of the others. */
export class RequestSlots {
  private readonly taken = new Map<string, number>();
  private total = 0;

  /** @returns gives it back, once however often it is called @throws HubError `ThrottlingException` */
  take(name: string): () => void {
    const own = this.taken.get(name) ?? 0;
    if (this.total >= MAX_REQUESTS || own >= MAX_OF_ONE) {
      throw new HubError('ThrottlingException', 'Too many requests are in progress: try again later.');
    }
    this.total++;
    this.taken.set(name, own + 1);
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.giveBack(name);
      }
    };
  }

  private giveBack(name: string): void {
    this.total--;
    const left = (this.taken.get(name) ?? 1) - 1;
    if (left === 0) {
      this.taken.delete(name);
    } else {
      this.taken.set(name, left);
    }
  }
}
