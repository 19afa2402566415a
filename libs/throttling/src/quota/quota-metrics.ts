import { Counter, Gauge, type Metrics } from '@mooring/observability';

/** Read when metrics are asked for; without a quota they are 0. */
export function measureQuota(
  quota: { readonly used: number; readonly refused: number } | undefined,
  metrics: Metrics,
): void {
  const registers = [metrics];
  new Gauge({
    name: 'mooring_throttling_quota_used_messages',
    help: 'What the hub has taken of its daily quota, as far as this process knows: messages of 4 KB.',
    registers,
    collect() {
      this.set(quota?.used ?? 0);
    },
  });
  new Counter({
    name: 'mooring_throttling_quota_refused_messages_total',
    help: 'Messages, of 4 KB, refused because the daily quota was used up.',
    registers,
    collect() {
      this.reset();
      this.inc(quota?.refused ?? 0);
    },
  });
}
