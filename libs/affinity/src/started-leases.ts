/** Incarnations remembered; a process starts a new one only after it lost a lease. */
const MOST_REMEMBERED = 10_000;

/**
 * The incarnations whose lease was started here. What tells the start of a lease from the renewal of one that has lapsed, or
 * that went when the store was emptied: only the former may make a lease.
 */
export class StartedLeases {
  readonly #started = new Set<string>();

  has(process: string, incarnation: string): boolean {
    return this.#started.has(key(process, incarnation));
  }

  add(process: string, incarnation: string): void {
    this.#started.add(key(process, incarnation));
    const [oldest] = this.#started;
    if (this.#started.size > MOST_REMEMBERED && oldest !== undefined) {
      this.#started.delete(oldest);
    }
  }
}

function key(process: string, incarnation: string): string {
  return JSON.stringify([process, incarnation]);
}
