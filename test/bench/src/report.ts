import type { Idle } from './measure/idle.js';
import type { Throughput } from './measure/throughput.js';
import { BARE, type TargetKind } from './targets/kinds.js';

interface Row<T> {
  readonly kind: TargetKind;
  readonly figures: T;
}

const WIDTHS = [22, 34, 12, 14, 9, 9, 9];

interface Throughputs {
  readonly devices: number;
  readonly inFlight: number;
  readonly payloadBytes: number;
  readonly runs: number;
  readonly seconds: number;
}

export function throughputTitle(kind: string, { devices, inFlight, payloadBytes, runs, seconds }: Throughputs): string {
  return `${devices} ${kind}, ${inFlight} in flight each, ${payloadBytes} B; median of ${runs} runs of ${seconds} s`;
}

export function printThroughput(title: string, rows: readonly Row<Throughput>[]): void {
  heading(title);
  line(['target', 'an acknowledgement means', 'acked/s', 'acked/CPU-s', 'of bare', 'p50 ms', 'p99 ms']);
  const floor = floorOf(rows)?.perCpuSecond ?? Number.NaN;
  for (const { kind, figures } of rows) {
    line([
      kind.name,
      kind.promise,
      thousands(figures.perSecond),
      thousands(figures.perCpuSecond),
      ratio(figures.perCpuSecond / floor),
      figures.p50Ms.toFixed(2),
      figures.p99Ms.toFixed(2),
    ]);
  }
  note("CPU seconds are user and system of the target's own process (all its threads), from /proc/<pid>/stat.");
}

export function printIdle(title: string, rows: readonly Row<Idle>[]): void {
  heading(title);
  line(['target', '', 'KiB/device', 'over bare', 'connects/CPU-s', 'of bare']);
  const floor = floorOf(rows);
  for (const { kind, figures } of rows) {
    line([
      kind.name,
      '',
      figures.residentKiBPerDevice.toFixed(1),
      difference(figures.residentKiBPerDevice - (floor?.residentKiBPerDevice ?? Number.NaN)),
      thousands(figures.connectsPerCpuSecond),
      ratio(figures.connectsPerCpuSecond / (floor?.connectsPerCpuSecond ?? Number.NaN)),
    ]);
  }
  note("Growth of the target process' VmRSS, and its CPU seconds, from before the first connect to all connected.");
}

/** Figures of one bench, a line each. */
export function printFigures(title: string, figures: Readonly<Record<string, string>>, remark: string): void {
  heading(title);
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  for (const [name, figure] of Object.entries(figures)) {
    note(`${name.padEnd(width)}  ${figure}`);
  }
  note(remark);
}

function heading(text: string): void {
  process.stdout.write(`\n${text}\n${'-'.repeat(text.length)}\n`);
}

function line(cells: readonly string[]): void {
  const padded = cells.map((cell, column) => {
    const width = WIDTHS[column] ?? 0;
    return column < 2 ? cell.padEnd(width) : cell.padStart(width);
  });
  process.stdout.write(`${padded.join(' ').trimEnd()}\n`);
}

function note(text: string): void {
  process.stdout.write(`${text}\n`);
}

function thousands(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function floorOf<T>(rows: readonly Row<T>[]): T | undefined {
  return rows.find(({ kind }) => kind.name === BARE)?.figures;
}

function difference(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(1);
}

function ratio(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(2);
}
