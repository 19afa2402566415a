import type { Result } from './harness/run-scenario.js';

const HEADINGS = [
  'scenario',
  'injected',
  'acknowledged',
  'lost',
  'out of order',
  'duplicated',
  'to devices',
  'back after',
  'highest RSS',
  'verdict',
] as const;
const UNKNOWN = '-';
/** Columns that are text; the others are numbers. */
const LEFT = new Set([0, 1, 9]);

/** A table of what was injected and what came of it, and below it what is wrong. */
export function report(results: readonly Result[]): string {
  const rows = [HEADINGS, ...results.map(rowOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (LEFT.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  const failures = results.flatMap(({ scenario, failures, record }) =>
    failures.length === 0
      ? []
      : [
          '',
          `${scenario.name}: ${scenario.promise}`,
          ...failures.map((text) => `  ${text}`),
          ...(record === undefined ? [] : [`  event log: ${record}`]),
        ],
  );
  return `${[...lines, ...failures].join('\n')}\n`;
}

function rowOf({ scenario, outcome, verdict, twoWay, highestMiB, failures }: Result): readonly string[] {
  return [
    scenario.name,
    outcome?.injected ?? UNKNOWN,
    verdict?.acknowledged.toString() ?? UNKNOWN,
    verdict?.lost.length.toString() ?? UNKNOWN,
    verdict?.outOfOrder.length.toString() ?? UNKNOWN,
    verdict?.duplicated.toString() ?? UNKNOWN,
    twoWay === undefined ? UNKNOWN : `${twoWay.messages} ${twoWay.calls} ${twoWay.changes}`,
    outcome === undefined ? UNKNOWN : `${(outcome.backMs / 1000).toFixed(1)} s`,
    `${Math.round(highestMiB)} MiB`,
    failures.length === 0 ? 'held' : 'BROKEN',
  ];
}
