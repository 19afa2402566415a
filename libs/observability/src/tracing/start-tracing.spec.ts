import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';

/** Loads this library in a process of its own. @returns how many modules of OpenTelemetry's SDK that took; prom-client has its API */
function openTelemetryModules(further: string): number {
  const index = new URL('../index.js', import.meta.url).href;
  const script = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({
      load(url, context, next) {
        loaded += /node_modules.@opentelemetry.(?!api.)/.test(url) ? 1 : 0;
        return next(url, context);
      },
    });
    const { startTracing, createMetrics } = await import('${index}');
    ${further}
    process.stdout.write(String(loaded), () => process.exit());
  `;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

describe('startTracing', () => {
  it('alone loads OpenTelemetry', () => {
    expect(openTelemetryModules('')).toBe(0);
    const start = `await startTracing({
      endpoint: 'http://127.0.0.1:9', ratio: 0, service: 's', instance: 'i', metrics: createMetrics(),
    });`;
    expect(openTelemetryModules(start)).toBeGreaterThan(0);
  });
});
