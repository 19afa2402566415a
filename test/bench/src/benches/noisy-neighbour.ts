import { setTimeout as pause } from 'node:timers/promises';
import { Load } from '../load/load.js';
import type { LoadResult } from '../load/messages.js';
import { median } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { startHubTarget } from '../targets/hub.js';

/** What the honest devices offer, as a part of the limit; the rest of it is left to the one that floods. */
const HONEST_PART = 0.5;
/** What that one offers, in limits. */
const FLOOD = 20;

/** What honest devices notice of one that floods, with throttling and without, at a fixed offered load. */
export async function noisyNeighbour(plan: Plan): Promise<void> {
  const limit = Math.round(plan.load / HONEST_PART);
  const throttling = {
    MOORING_THROTTLING: 'true',
    MOORING_THROTTLE_D2C_SENDS_PER_SECOND: String(limit),
    MOORING_THROTTLE_DEVICE_CONNECTIONS_PER_SECOND: '100000',
  };
  const on = await measure(plan, throttling);
  const off = await measure(plan, {});
  printFigures(
    `${plan.devices} devices offer ${plan.load} messages/s together, ${plan.payloadBytes} B; one more offers ${FLOOD * limit}; median of ${plan.runs} runs of ${plan.seconds} s`,
    {
      [`throttled at ${limit}/s, alone`]: figure(on.alone),
      [`throttled at ${limit}/s, beside it`]: figure(on.beside),
      'rate beside it, of alone': ratio(on.beside.perSecond, on.alone.perSecond),
      'p99 beside it, of alone': ratio(on.beside.p99Ms, on.alone.p99Ms),
      'of the one that floods': `${Math.round(on.flood)} acknowledged/s`,
      'not throttled, alone': figure(off.alone),
      'not throttled, beside it': figure(off.beside),
      'of the one that floods, not throttled': `${Math.round(off.flood)} acknowledged/s`,
    },
    'Embedded hub in one process; the one that floods does not wait for acknowledgements, and comes back when it is closed.',
  );
}

interface Honest {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Measured {
  readonly alone: Honest;
  readonly beside: Honest;
  /** Acknowledged a second. */
  readonly flood: number;
}

async function measure(plan: Plan, environment: Readonly<Record<string, string>>): Promise<Measured> {
  const target = await startHubTarget(environment);
  const [honest, noisy] = [new Load(), new Load()];
  try {
    const logins = await target.devices(plan.devices + 1);
    const { address } = target;
    const { payloadBytes } = plan;
    await honest.ask({ kind: 'connect', address, logins: logins.slice(1), payloadBytes, concurrency: 16 });
    await honest.ask({ kind: 'pace', perSecond: plan.load });
    const perSecond = (FLOOD * plan.load) / HONEST_PART;
    const [login] = logins;
    const alone: LoadResult[] = [];
    const beside: LoadResult[] = [];
    const flood: number[] = [];
    // In turn, so that what changes on the machine meanwhile tells on both.
    for (let run = 0; run < plan.runs && login !== undefined; run++) {
      alone.push(await resultOf(honest, plan));
      await noisy.ask({ kind: 'flood', address, login, payloadBytes, perSecond });
      await noisy.ask({ kind: 'reset' });
      beside.push(await resultOf(honest, plan));
      const { acknowledged, seconds } = await noisy.result();
      flood.push(acknowledged / seconds);
      await noisy.ask({ kind: 'stop' });
    }
    return { alone: medianOf(alone), beside: medianOf(beside), flood: median(flood) };
  } finally {
    await Promise.all([honest.close(), noisy.close()]);
    await target.close();
  }
}

async function resultOf(load: Load, plan: Plan): Promise<LoadResult> {
  await pause(plan.warmUpSeconds * 1_000);
  await load.ask({ kind: 'reset' });
  await pause(plan.seconds * 1_000);
  return load.result();
}

function medianOf(results: readonly LoadResult[]): Honest {
  return {
    perSecond: median(results.map(({ acknowledged, seconds }) => acknowledged / seconds)),
    p50Ms: median(results.map(({ p50Ms }) => p50Ms)),
    p99Ms: median(results.map(({ p99Ms }) => p99Ms)),
  };
}

function figure({ perSecond, p50Ms, p99Ms }: Honest): string {
  return `${Math.round(perSecond)} acknowledged/s, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
}

function ratio(value: number, of: number): string {
  return (value / of).toFixed(3);
}
