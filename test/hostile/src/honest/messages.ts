/** Between the run and the process of the honest devices. */

export const PROTOCOLS = ['mqtt', 'amqp', 'https'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface HonestLogin {
  readonly deviceId: string;
  /** A shared access signature. */
  readonly token: string;
}

/** The first message to the process. */
export interface HonestStart {
  readonly host: string;
  readonly ca: string;
  readonly logins: Readonly<Record<Protocol, readonly HonestLogin[]>>;
  /** Messages a second of each device. */
  readonly perSecond: number;
}

/** What a protocol's honest devices saw since the last time that they were asked. */
export interface ProtocolFigures {
  readonly acknowledged: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface HonestFigures {
  readonly protocols: Readonly<Record<Protocol, ProtocolFigures>>;
  /** Each connection that was lost and each message that was refused, in a sentence. */
  readonly harmed: readonly string[];
}

/** Sent when the devices are connected, and for each time that figures are asked for. */
export type HonestAnswer = { readonly ready: true } | { readonly figures: HonestFigures } | { readonly error: string };
