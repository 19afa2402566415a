import type { Throttle } from '@mooring/throttling';

/** Admission by several limits, which keeps the order of what one sender asks for. */
export class OrderedAdmission {
  /** By sender: settled when what it has asked for last may go on. There is one only for who waits. */
  private readonly last = new Map<string, Promise<void>>();

  /** @throws HubError `ThrottlingException` */
  admit(sender: string, throttle: Throttle): Promise<void> {
    const before = this.last.get(sender);
    if (before === undefined && throttle.take(sender, 1)) {
      return ADMITTED;
    }
    const admission = (before ?? ADMITTED).then(
      () => throttle.admit(sender),
      () => throttle.admit(sender),
    );
    this.last.set(sender, admission);
    const forget = () => {
      if (this.last.get(sender) === admission) {
        this.last.delete(sender);
      }
    };
    admission.then(forget, forget);
    return admission;
  }
}

const ADMITTED = Promise.resolve();
