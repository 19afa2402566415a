import type { Stored } from '../port.js';
import type { Body } from './collection-data.js';
import { compareStrings } from './value-order.js';

interface Entry {
  readonly document: Stored<Body>;
  /** Bytes that order as the documents do, from the index walked; undefined where it does not say. */
  readonly position: Uint8Array | undefined;
}

/** The first documents of an order, out of any number that are offered; holds no more than `limit`. */
export class TopDocuments {
  private readonly entries: Entry[] = [];
  private readonly ids = new Set<string>();

  constructor(
    private readonly limit: number,
    private readonly compare: (left: Stored<Body>, right: Stored<Body>) => number,
  ) {}

  offer(document: Stored<Body>, position: Uint8Array | undefined): void {
    this.forget(document._id);
    const at = this.placeOf(document);
    if (at >= this.limit) {
      return;
    }
    this.entries.splice(at, 0, { document, position });
    this.ids.add(document._id);
    if (this.entries.length > this.limit) {
      const last = this.entries.pop();
      this.ids.delete(last?.document._id ?? '');
    }
  }

  /** Whether nothing from this position on can be among the first. */
  isBehind(position: Uint8Array | undefined): boolean {
    const last = this.entries[this.limit - 1]?.position;
    return position !== undefined && last !== undefined && Buffer.compare(position, last) > 0;
  }

  /** Whether, in the order of `_id`, a document that is not among the first so far cannot come to be. */
  endsBefore(id: string): boolean {
    const last = this.entries[this.limit - 1];
    return last !== undefined && compareStrings(last.document._id, id) < 0;
  }

  toArray(): Stored<Body>[] {
    return this.entries.map((entry) => entry.document);
  }

  /** A document that changed during a scan may be offered again. */
  private forget(id: string): void {
    if (this.ids.delete(id)) {
      this.entries.splice(
        this.entries.findIndex((entry) => entry.document._id === id),
        1,
      );
    }
  }

  private placeOf(document: Stored<Body>): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.entries[middle];
      if (entry !== undefined && this.compare(entry.document, document) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
