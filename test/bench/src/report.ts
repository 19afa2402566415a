import type { Idle } from './measure/idle.js';
import type { Throughput } from './measure/throughput.js';
import type { TargetKind } from './targets/kinds.js';

interface Row<T> {
  readonly kind: TargetKind;
  readonly figures: T;
}

const WIDTHS = [22, 34, 12, 14, 9, 9, 9];

export function printThroughput(
  rows: readonly Row<Throughput>[],
  {
    devices,
    inFlight,
    payloadBytes,
    runs,
    seconds,
  }: { devices: number; inFlight: number; payloadBytes: number; runs: number; seconds: number },
): void {
  heading(
    `${devices} TLS 1.3 devices, ${inFlight} in flight each, ${payloadBytes} B, QoS 1; median of ${runs} runs of ${seconds} s`,
  );
  line(['target', 'an acknowledgement means', 'acked/s', 'acked/CPU-s', 'of bare', 'p50 ms', 'p99 ms']);
  const floor = rows[0]?.figures.perCpuSecond ?? Number.NaN;
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

export function printIdle(rows: readonly Row<Idle>[], devices: number): void {
  heading(`${devices} TLS 1.3 devices that connect and then say nothing`);
  line(['target', '', 'KiB/device', 'over bare', 'connects/CPU-s', 'of bare']);
  const floor = rows[0]?.figures;
  for (const { kind, figures } of rows) {
    line([
      kind.name,
      '',
      figures.residentKiBPerDevice.toFixed(1),
      (figures.residentKiBPerDevice - (floor?.residentKiBPerDevice ?? Number.NaN)).toFixed(1),
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

function ratio(value: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(2);
}
