import type { Load } from '../load/load.js';
import type { AmqpShape } from '../load/messages.js';
import type { Target } from '../targets/kinds.js';
import { connecting } from './connecting.js';
import { cpuSeconds, residentKiB } from './process-usage.js';

export interface Idle {
  /** Growth of the target's resident memory for each connected device that is silent, in KiB. */
  readonly residentKiBPerDevice: number;
  /** Connects, with TLS and authentication, for each CPU second of the target's process. */
  readonly connectsPerCpuSecond: number;
}

/** Time for the heap to settle before memory is read. */
const SETTLE_MS = 3_000;
/** Connected first and let go, so that what the target allocates once is not counted as a device's. */
const WARM_UP_DEVICES = 200;

export interface IdlePlan {
  readonly devices: number;
  /** Absent: the devices speak MQTT. */
  readonly amqp?: AmqpShape;
}

/** Connects many devices that then say nothing. */
export async function measureIdle(target: Target, load: Load, { devices, amqp }: IdlePlan): Promise<Idle> {
  const logins = await target.devices(devices);
  const connect = (count: number) =>
    load.ask({
      kind: 'connect',
      ...connecting(target, amqp),
      logins: logins.slice(0, count),
      payloadBytes: 0,
      concurrency: 64,
    });
  await connect(WARM_UP_DEVICES);
  await load.ask({ kind: 'disconnect' });
  await settle();
  const residentBefore = residentKiB(target.pid);
  const cpuBefore = cpuSeconds(target.pid);
  await connect(devices);
  const cpu = cpuSeconds(target.pid) - cpuBefore;
  await settle();
  const resident = residentKiB(target.pid) - residentBefore;
  await load.ask({ kind: 'disconnect' });
  return { residentKiBPerDevice: resident / devices, connectsPerCpuSecond: devices / cpu };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}
