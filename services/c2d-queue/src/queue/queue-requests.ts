import type { AckKind, Ending, Lock, QueueEntry, SettledAs } from './queue-head.js';

export interface NewMessage {
  readonly generation: string;
  readonly id: string;
  readonly size: number;
  readonly content?: Uint8Array | undefined;
  readonly expiryTime: number;
  readonly ack: AckKind;
  readonly messageId: string;
}

export interface Receipt {
  readonly generation: string;
  /** 0: no connection. */
  readonly epoch: number;
  readonly maxMessages: number;
  /** 0: as long as the connection holds it. */
  readonly lockMs: number;
  /** Tokens that the connection knows to hold; what it holds beyond is given again. Undefined: it does not say. */
  readonly held: ReadonlySet<string> | undefined;
  readonly newToken: () => string;
  /** Takes the room for one more content; false if there is none. */
  readonly takeRoom: (bytes: number) => boolean;
}

export interface LockedEntry extends QueueEntry {
  readonly lock: Lock;
}

export interface Received {
  readonly entries: readonly LockedEntry[];
  readonly more: boolean;
}

export interface Settlement {
  readonly generation: string;
  readonly epoch: number;
  readonly token: string;
  readonly as: SettledAs;
}

export interface EndedEntry {
  readonly entry: QueueEntry;
  readonly ending: Ending;
}
