import { MAX_ANSWER_BYTES } from '../limits.js';
import type { Position } from './continuation.js';

/** Items of a page as JSON, and where the next one begins; without a position it was the last. */
export interface ResultPage {
  readonly items: readonly Buffer[];
  readonly next?: Position;
}

/** Beyond these a page ends: one more item, of whatever size a twin has, still fits an answer. */
const ENOUGH_BYTES = MAX_ANSWER_BYTES / 2;

/** Collects the items of one page, within its size, what TOP allows, and what an answer may hold. */
export class PageBuilder {
  readonly items: Buffer[] = [];
  private bytes = 0;

  constructor(
    private readonly size: number,
    private readonly left: number | undefined,
  ) {}

  /** How many more items there may be. */
  get room(): number {
    return Math.min(this.size, this.left ?? this.size) - this.items.length;
  }

  get isFull(): boolean {
    return this.room <= 0 || this.bytes >= ENOUGH_BYTES;
  }

  add(json: string): void {
    const item = Buffer.from(json);
    this.items.push(item);
    this.bytes += item.length;
  }

  /** @param after what has been looked at last; undefined where nothing is left */
  page(after: string | undefined): ResultPage {
    const left = this.left === undefined ? undefined : this.left - this.items.length;
    if (after === undefined || left === 0) {
      return { items: this.items };
    }
    return { items: this.items, next: { after, ...(left !== undefined && { left }) } };
  }
}
