/** The load generator: a process of its own, so that its CPU is not counted as the hub's. */
import { connectAmqp } from './amqp/connect-amqp.js';
import { LoadDevice } from './device.js';
import { Flood } from './flood.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { LoadSender } from './load-sender.js';
import type { LoadAnswer, LoadRequest, LoadResult } from './messages.js';
import { Pacer } from './pacer.js';

const pacer = new Pacer();
const latencies = new LatencyHistogram();
let devices: LoadSender[] = [];
let flood: Flood | undefined;
let measuredSince = performance.now();

async function handle(request: LoadRequest): Promise<LoadResult | undefined> {
  switch (request.kind) {
    case 'connect':
      await connectAll(request);
      return undefined;
    case 'start':
      for (const device of devices) {
        device.start(request.inFlight);
      }
      return undefined;
    case 'pace': {
      let turn = 0;
      pacer.start(request.perSecond, () => devices[turn++ % devices.length]?.publish());
      return undefined;
    }
    case 'flood':
      flood = new Flood({ ...request, acknowledged: (latencyMs) => latencies.add(latencyMs) });
      flood.start();
      return undefined;
    case 'reset':
      latencies.clear();
      measuredSince = performance.now();
      return undefined;
    case 'result':
      return {
        acknowledged: latencies.count,
        seconds: (performance.now() - measuredSince) / 1000,
        p50Ms: latencies.quantile(0.5),
        p99Ms: latencies.quantile(0.99),
      };
    case 'stop':
      pacer.stop();
      flood?.stop();
      for (const device of devices) {
        device.stop();
      }
      return undefined;
    case 'disconnect':
      for (const device of devices) {
        device.close();
      }
      devices = [];
      return undefined;
  }
}

async function connectAll(request: LoadRequest & { kind: 'connect' }): Promise<void> {
  const payload = Buffer.alloc(request.payloadBytes, 'x');
  const acknowledged = (latencyMs: number): void => latencies.add(latencyMs);
  const { address, logins, amqp: shape } = request;
  const size = shape?.devicesPerConnection ?? 1;
  const groups = Array.from({ length: Math.ceil(logins.length / size) }, (_, index) =>
    logins.slice(index * size, (index + 1) * size),
  ).values();
  const worker = async (): Promise<void> => {
    for (const group of groups) {
      if (shape !== undefined) {
        devices.push(...(await connectAmqp(group, { address, shape, payload, acknowledged })));
        continue;
      }
      for (const login of group) {
        devices.push(await LoadDevice.connect(address, login, { payload, acknowledged }));
      }
    }
  };
  await Promise.all(Array.from({ length: request.concurrency }, worker));
}

process.on('message', (request: LoadRequest) => {
  handle(request).then(
    (result) => process.send?.((result === undefined ? {} : { result }) satisfies LoadAnswer),
    (error: unknown) => process.send?.({ error: String(error) } satisfies LoadAnswer),
  );
});
process.on('disconnect', () => process.exit());
