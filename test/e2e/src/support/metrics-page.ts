import { readFileSync } from 'node:fs';

export interface Metric {
  readonly name: string;
  /** counter, gauge or histogram */
  readonly type: string;
  readonly labels: ReadonlySet<string>;
}

export interface DocumentedMetric extends Metric {
  readonly unit: string;
}

const ROW = /^\| `(mooring_\w+)` \| (\w+) \| (\w*) ?\| ([\w, ]*?) ?\| .+ \|$/gm;

/** The rows of docs/metrics.md, by name. */
export function documentedMetrics(): ReadonlyMap<string, DocumentedMetric> {
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(ROW)].map(([, name = '', type = '', unit = '', labels = '']) => ({
    name,
    type,
    unit,
    labels: new Set(labels.split(', ').filter((label) => label !== '')),
  }));
  return new Map(rows.map((row) => [row.name, row]));
}

/** The hub's own metrics in Prometheus' text format, with the labels of their samples. */
export function servedMetrics(text: string): readonly Metric[] {
  const samples = [...text.matchAll(/^(mooring_\w+)(?:\{(.*)\})? /gm)].map(([, name = '', labels = '']) => ({
    name,
    labels: [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label),
  }));
  return [...text.matchAll(/^# TYPE (mooring_\w+) (\w+)$/gm)].map(([, name = '', type = '']) => {
    const own = samples.filter((sample) => nameOf(sample.name, type) === name);
    return { name, type, labels: new Set(own.flatMap(({ labels }) => labels).filter((label) => label !== 'le')) };
  });
}

function nameOf(sample: string, type: string): string {
  return type === 'histogram' ? sample.replace(/_(bucket|sum|count)$/, '') : sample;
}
