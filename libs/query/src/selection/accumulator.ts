import { compare } from '../evaluation/comparisons.js';
import type { Value } from '../evaluation/values.js';
import type { AggregateName } from '../language/ast.js';

/** An aggregate of the values that have been added to it. */
export interface Accumulator {
  /** @returns how many more characters it keeps now */
  add(value: Value): number;
  /** Undefined where there is none. */
  result(): Value;
}

/**
 * COUNT counts all. SUM and AVG are of the numbers among the values; SUM of none is 0, AVG of none undefined. MIN and MAX are
 * of the numbers or, where there are none, of the strings.
 */
export function accumulator(aggregate: AggregateName): Accumulator {
  switch (aggregate) {
    case 'COUNT':
      return new Count();
    case 'SUM':
      return new Sum((sum) => sum);
    case 'AVG':
      return new Sum((sum, count) => (count === 0 ? undefined : sum / count));
    case 'MIN':
      return new Extreme('<');
    case 'MAX':
      return new Extreme('>');
  }
}

class Count implements Accumulator {
  private count = 0;

  add(): number {
    this.count++;
    return 0;
  }

  result(): number {
    return this.count;
  }
}

class Sum implements Accumulator {
  private sum = 0;
  private count = 0;

  constructor(private readonly of: (sum: number, count: number) => number | undefined) {}

  add(value: Value): number {
    if (typeof value === 'number') {
      this.sum += value;
      this.count++;
    }
    return 0;
  }

  result(): number | undefined {
    return this.of(this.sum, this.count);
  }
}

class Extreme implements Accumulator {
  private number: number | undefined;
  private text: string | undefined;

  constructor(private readonly wins: '<' | '>') {}

  add(value: Value): number {
    const before = this.text?.length ?? 0;
    if (typeof value === 'number' && (this.number === undefined || compare(this.wins, value, this.number))) {
      this.number = value;
    } else if (typeof value === 'string' && (this.text === undefined || compare(this.wins, value, this.text))) {
      this.text = value;
    }
    return (this.text?.length ?? 0) - before;
  }

  result(): number | string | undefined {
    return this.number ?? this.text;
  }
}
