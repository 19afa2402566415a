import { createHash } from 'node:crypto';
import { HubError } from '@mooring/errors';
import type { Accessor, Value } from '../evaluation/values.js';
import type { Path } from '../language/ast.js';
import { type Accumulator, accumulator } from './accumulator.js';
import type { Column } from './columns.js';
import { MAX_GROUP_TEXT, MAX_GROUPS } from './limits.js';
import type { Row } from './project.js';

interface Group {
  readonly values: Row;
  /** One for each aggregate among the columns. */
  readonly accumulators: readonly Accumulator[];
}

export interface AggregationLimits {
  readonly groups: number;
  readonly text: number;
}

/** The rows of a query with aggregates or GROUP BY, as its documents come in. */
export class Aggregation {
  private readonly groups = new Map<string, Group>();
  private readonly aggregates: readonly (Column & { readonly kind: 'aggregate' })[];
  private text = 0;

  constructor(
    private readonly columns: readonly Column[],
    private readonly groupBy: readonly Path[],
    private readonly limits: AggregationLimits = { groups: MAX_GROUPS, text: MAX_GROUP_TEXT },
  ) {
    this.aggregates = columns.filter((column) => column.kind === 'aggregate');
    if (groupBy.length === 0) {
      this.open('', () => undefined);
    }
  }

  /** @throws HubError `ArgumentInvalid` where there are too many groups */
  add(accessor: Accessor): void {
    const key = this.groupBy.length === 0 ? '' : keyOf(this.groupBy.map(({ names }) => accessor(names)));
    const { accumulators } = this.groups.get(key) ?? this.open(key, accessor);
    this.aggregates.forEach(({ path }, at) => {
      this.text += accumulators[at]?.add(path && accessor(path)) ?? 0;
    });
    this.check();
  }

  /** One row for each group, under a short key; in the order of these keys, which stays the same for the same groups. */
  rows(): readonly { readonly key: string; readonly row: Row }[] {
    const rows = [...this.groups].map(([key, group]) => ({
      key: createHash('sha256').update(key).digest('base64url').slice(0, 22),
      row: this.rowOf(group),
    }));
    return rows.sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  private open(key: string, accessor: Accessor): Group {
    this.text += key.length;
    const values = Object.create(null) as Row;
    for (const column of this.columns) {
      if (column.kind === 'value') {
        values[column.name] = accessor(column.path);
      }
    }
    const group = { values, accumulators: this.aggregates.map(({ aggregate }) => accumulator(aggregate)) };
    this.groups.set(key, group);
    this.check();
    return group;
  }

  private check(): void {
    if (this.groups.size > this.limits.groups || this.text > this.limits.text) {
      throw new HubError(
        'ArgumentInvalid',
        `The query has too many groups: at most ${this.limits.groups}, of ${this.limits.text} characters together.`,
      );
    }
  }

  private rowOf({ values, accumulators }: Group): Row {
    const row = Object.create(null) as Row;
    let at = 0;
    for (const { kind, name } of this.columns) {
      const value = kind === 'value' ? values[name] : accumulators[at++]?.result();
      if (value !== undefined) {
        row[name] = value;
      }
    }
    return row;
  }
}

/** Equal values have equal keys; one that is undefined is a group of its own. */
function keyOf(values: readonly Value[]): string {
  return values.map((value) => (value === undefined ? 'undefined' : JSON.stringify(value))).join();
}
