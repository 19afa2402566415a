/** Descriptors of the performatives [AMQP 2.7]. */
export const PERFORMATIVE = {
  open: 0x10,
  begin: 0x11,
  attach: 0x12,
  flow: 0x13,
  transfer: 0x14,
  disposition: 0x15,
  detach: 0x16,
  end: 0x17,
  close: 0x18,
} as const;

export type PerformativeCode = (typeof PERFORMATIVE)[keyof typeof PERFORMATIVE];
