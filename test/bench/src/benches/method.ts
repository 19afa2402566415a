import { ServiceClient } from '@mooring/test-fleet';
import { Pacer } from '../load/pacer.js';
import { median, quantile } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { type BidirectionalTarget, onBothKinds } from '../targets/bidirectional.js';
import { connectListeners } from './listening-devices.js';
import { pacedSeconds } from './paced-seconds.js';

const DEVICES = 50;
const CALLS_PER_SECOND = 100;

/** How long a direct method takes from REST to the device and back. */
export async function method(plan: Plan): Promise<void> {
  await onBothKinds((target) => measure(target, plan));
}

async function measure(target: BidirectionalTarget, plan: Plan): Promise<void> {
  const client = new ServiceClient(target.hub);
  const listeners = await connectListeners(target, DEVICES);
  const pacer = new Pacer();
  const body = { methodName: 'echo', payload: { x: 'y' }, connectTimeoutInSeconds: 10, responseTimeoutInSeconds: 10 };
  let turn = 0;
  const call = async (): Promise<number> => {
    const { deviceId } = listeners.credentials[turn++ % DEVICES] ?? { deviceId: '' };
    const start = performance.now();
    await client.call('POST', `/twins/${deviceId}/methods`, body);
    return performance.now() - start;
  };
  const runs = await pacedSeconds({ pacer, perSecond: CALLS_PER_SECOND, plan, act: call });
  listeners.close();
  client.close();
  printFigures(
    `Direct methods at ${CALLS_PER_SECOND} calls/s, ${target.name}; median of ${plan.runs} runs of ${plan.seconds} s`,
    {
      'round trip, p50': `${median(runs.map((times) => quantile(times, 0.5))).toFixed(1)} ms`,
      'round trip, p99': `${median(runs.map((times) => quantile(times, 0.99))).toFixed(1)} ms`,
    },
    'From the REST request to its answer; the device answers at once.',
  );
}
