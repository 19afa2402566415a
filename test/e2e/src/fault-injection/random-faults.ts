import { type Protocol, Random } from '@mooring/test-fleet';
import { faultProperties } from './faults.js';

/** One of so many messages asks for a fault. */
const SHARE = 50;
const MOST_DELAY_MS = 200;
const DURATION_SECONDS = 0.2;

const BREAKS: Readonly<Record<Protocol, readonly string[]>> = {
  mqtt: ['KillTcp', 'ShutDownMqtt'],
  'mqtt-ws': ['KillTcp', 'ShutDownMqtt'],
  amqp: ['KillTcp', 'KillAmqpConnection', 'KillAmqpSession', 'KillAmqpD2CLink', 'ShutDownAmqp'],
  https: ['KillTcp'],
};
const REFUSALS = ['InvokeThrottling', 'InvokeMaxMessageQuota', 'InvokeAuthError'];

export interface FaultyDevice {
  readonly protocol: Protocol;
  readonly inFlight: number;
}

/** The properties of a device's messages: now and then they ask for one of the faults that there are for its protocol. */
export function randomFaults(
  seed: number,
  { protocol, inFlight }: FaultyDevice,
): (number: number) => Readonly<Record<string, string>> | undefined {
  // Over AMQP only what is refused is not taken: what was sent behind it may be, and is ahead of it then.
  const types = protocol === 'amqp' && inFlight > 1 ? BREAKS.amqp : [...BREAKS[protocol], ...REFUSALS];
  return (number) => {
    const random = new Random(seed * 1_000_003 + number);
    if (random.below(SHARE) !== 0) {
      return undefined;
    }
    return faultProperties({
      type: random.pick(types),
      delay: random.below(MOST_DELAY_MS) / 1_000,
      duration: DURATION_SECONDS,
    });
  };
}
