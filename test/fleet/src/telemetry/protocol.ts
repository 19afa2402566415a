import type { Random } from '../random.js';

export const PROTOCOLS = ['mqtt', 'mqtt-ws', 'amqp', 'https'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** How many of a hundred devices speak each. */
const SHARES: readonly (readonly [Protocol, number])[] = [
  ['mqtt', 40],
  ['mqtt-ws', 15],
  ['amqp', 30],
  ['https', 15],
];

/** The protocol of one device of a mixed fleet. */
export function anyProtocol(random: Random): Protocol {
  let left = random.below(100);
  for (const [protocol, share] of SHARES) {
    left -= share;
    if (left < 0) {
      return protocol;
    }
  }
  return 'mqtt';
}
