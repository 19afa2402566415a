import type { GroupResult, RunResult } from './harness/run.js';
import { type HonestFigures, PROTOCOLS } from './honest/messages.js';

const HEADINGS = [
  'group',
  'tried',
  'refused',
  'taken as lawful',
  'wrongly accepted',
  'answered otherwise',
  'hangs',
  'crashes',
  'seconds',
  'highest RSS',
  `honest p99 ms (${PROTOCOLS.join(', ')})`,
  'verdict',
] as const;
/** Columns that are text; the others are numbers. */
const LEFT = new Set([0, 11]);
const SHOWN = 40;

/** Whether a group was withstood: nothing taken that must not be, nothing broken, no honest device harmed. */
export function isWithstood({ findings, honest, crashes }: GroupResult): boolean {
  return findings.isClean && honest.harmed.length === 0 && crashes === 0;
}

/** A table of what was tried and what came of it; below it in which ways it was refused, and what is wrong. */
export function report({ before, groups, leaked }: RunResult): string {
  const rows = [HEADINGS, ['(nobody attacks)', ...new Array(9).fill(''), p99s(before), ''], ...groups.map(rowOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (LEFT.has(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return `${[...lines, '', 'refused:', ...groups.flatMap(refusalsOf), ...groups.flatMap(wrongsOf), '', secretsLine(leaked)].join('\n')}\n`;
}

function rowOf(result: GroupResult): readonly string[] {
  const { group, findings, seconds, honest, crashes } = result;
  return [
    group.name,
    findings.tried.toString(),
    refusedCount(result).toString(),
    findings.taken.toString(),
    findings.accepted.length.toString(),
    findings.otherwise.length.toString(),
    findings.hung.length.toString(),
    crashes.toString(),
    seconds.toFixed(1),
    `${Math.round(result.highestMiB)} MiB`,
    p99s(honest),
    isWithstood(result) ? 'withstood' : 'BROKEN',
  ];
}

function refusedCount({ findings }: GroupResult): number {
  return [...findings.refusals.values()].reduce((sum, count) => sum + count, 0);
}

function p99s({ protocols }: HonestFigures): string {
  return PROTOCOLS.map((protocol) => protocols[protocol].p99Ms.toFixed(0)).join(' ');
}

function refusalsOf({ group, findings }: GroupResult): readonly string[] {
  const ways = [...findings.refusals].sort(([, a], [, b]) => b - a).map(([how, count]) => `${how} ${count}`);
  return [`  ${group.name}: ${ways.join(', ')}`, ...findings.notes.map((note) => `    ${note}`)];
}

/** What is wrong with how a group was withstood, line by line; empty if nothing is. */
export function wrongsOf(result: GroupResult): readonly string[] {
  const { group, findings, honest } = result;
  const kinds: readonly (readonly [what: string, which: readonly string[]])[] = [
    ['wrongly accepted', findings.accepted],
    ['answered otherwise', findings.otherwise],
    ['hung', findings.hung],
    ['honest devices harmed', honest.harmed],
  ];
  return kinds.flatMap(([what, which]) =>
    which.length === 0
      ? []
      : [
          '',
          `${group.name}: ${what}`,
          ...which.slice(0, SHOWN).map((one) => `  ${one}`),
          ...(which.length > SHOWN ? [`  … and ${which.length - SHOWN} more`] : []),
        ],
  );
}

function secretsLine(leaked: number): string {
  return leaked === 0 ? 'No secret is in what the hub wrote.' : `${leaked} SECRETS ARE IN WHAT THE HUB WROTE.`;
}
