import { createHash, randomBytes } from 'node:crypto';

const PREFIX_DIGITS = 8;
const LIFE_BYTES = 4;
const COUNTER_DIGITS = 8;
const COUNTER_MAX = 0xffff_ffff;
const WELL_FORMED = new RegExp(`^[0-9a-f]{${PREFIX_DIGITS + 2 * LIFE_BYTES + COUNTER_DIGITS}}$`);

/** By what another process finds the edge that a request id is of. */
export function prefixOfEdge(edge: string): string {
  return createHash('sha256').update(edge).digest('hex').slice(0, PREFIX_DIGITS);
}

/** Undefined for what no edge has ever made. */
export function prefixOfRequest(requestId: string): string | undefined {
  return WELL_FORMED.test(requestId) ? requestId.slice(0, PREFIX_DIGITS) : undefined;
}

/**
 * Ids that devices are given with method calls: lower-case hexadecimal digits that name the edge, its process' life (so that
 * an answer to a former one fits no call of this one), and the call.
 */
export class RequestIds {
  readonly prefix: string;
  private readonly life = randomBytes(LIFE_BYTES).toString('hex');
  private counter = 0;

  constructor(edge: string) {
    this.prefix = prefixOfEdge(edge);
  }

  next(): string {
    this.counter = this.counter === COUNTER_MAX ? 1 : this.counter + 1;
    return `${this.prefix}${this.life}${this.counter.toString(16).padStart(COUNTER_DIGITS, '0')}`;
  }
}
