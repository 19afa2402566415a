import { ServiceClient } from '@mooring/test-fleet';
import { Pacer } from '../load/pacer.js';
import { median, quantile } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { type BidirectionalTarget, onBothKinds } from '../targets/bidirectional.js';
import { connectListeners } from './listening-devices.js';
import { pacedSeconds } from './paced-seconds.js';

const DEVICES = 50;
const MESSAGES_PER_SECOND = 50;

/** How long a message takes from a back end's request to the device that is connected. */
export async function cloudToDevice(plan: Plan): Promise<void> {
  await onBothKinds((target) => measure(target, plan));
}

async function measure(target: BidirectionalTarget, plan: Plan): Promise<void> {
  const client = new ServiceClient(target.hub);
  const arrivals = new Map<string, () => void>();
  const onMessage = (_topic: string, body: Buffer): void => arrivals.get(JSON.parse(body.toString()) as string)?.();
  const listeners = await connectListeners(target, DEVICES, () => ({ onMessage }));
  const pacer = new Pacer();
  let turn = 0;
  const send = async (): Promise<number> => {
    const id = String(turn);
    const { deviceId } = listeners.credentials[turn++ % DEVICES] ?? { deviceId: '' };
    const start = performance.now();
    const arrived = new Promise<void>((resolve) => arrivals.set(id, resolve));
    await Promise.all([client.call('POST', `/devices/${deviceId}/messages/deviceBound`, id), arrived]);
    arrivals.delete(id);
    return performance.now() - start;
  };
  const runs = await pacedSeconds({ pacer, perSecond: MESSAGES_PER_SECOND, plan, act: send });
  listeners.close();
  client.close();
  printFigures(
    `Cloud-to-device messages at ${MESSAGES_PER_SECOND} a second, ${target.name}; median of ${plan.runs} runs of ${plan.seconds} s`,
    {
      'to device and answer, p50': `${median(runs.map((times) => quantile(times, 0.5))).toFixed(1)} ms`,
      'to device and answer, p99': `${median(runs.map((times) => quantile(times, 0.99))).toFixed(1)} ms`,
    },
    'From the REST request to the later of its answer and the arrival at the device.',
  );
}
