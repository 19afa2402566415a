import { describe, expect, it } from '@jest/globals';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace';
import { SpanQueue } from './span-queue.js';

type Done = (result: ExportResult) => void;

function queueTo(onExport: (done: Done) => void) {
  const counted = { exported: 0, 'queue-full': 0, 'export-failed': 0 };
  const queue = new SpanQueue({
    exporter: {
      export: (_: ReadableSpan[], done: Done) => onExport(done),
      shutdown: async () => undefined,
    },
    maxSpans: 600,
    exportTimeoutMs: 60_000,
    onExported: (spans) => {
      counted.exported += spans;
    },
    onDropped: (spans, reason) => {
      counted[reason] += spans;
    },
  });
  const tracer = new TracerProvider({ spanProcessors: [queue] }).getTracer('test');
  const record = (count: number) => {
    for (let index = 0; index < count; index++) {
      tracer.startSpan('span').end();
    }
  };
  return { queue, counted, record };
}

describe('SpanQueue', () => {
  it('keeps and counts within its bound while the collector does not answer', async () => {
    const held: Done[] = [];
    const { queue, counted, record } = queueTo((done) => void held.push(done));
    record(5_000);
    // One batch of 512 is on its way, 600 wait.
    expect(counted).toEqual({ exported: 0, 'queue-full': 5_000 - 512 - 600, 'export-failed': 0 });
    const closed = queue.shutdown();
    await new Promise((resolve) => setImmediate(resolve));
    for (const done of held) {
      done({ code: ExportResultCode.SUCCESS });
    }
    await closed;
    expect(counted.exported).toBe(512 + 600);
  });

  it('counts what a collector refused, and goes on', async () => {
    let failing = true;
    const { queue, counted, record } = queueTo((done) =>
      done(failing ? { code: ExportResultCode.FAILED, error: new Error('away') } : { code: ExportResultCode.SUCCESS }),
    );
    record(10);
    await expect(queue.forceFlush()).rejects.toThrow('away');
    failing = false;
    record(20);
    await queue.forceFlush();
    expect(counted).toEqual({ exported: 20, 'queue-full': 0, 'export-failed': 10 });
    await queue.shutdown();
  });
});
