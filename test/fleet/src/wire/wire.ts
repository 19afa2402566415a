import type { Duplex } from 'node:stream';

export interface WireOptions {
  /** What is dialled. */
  readonly address: string;
  /** In the server's certificate. */
  readonly hubName: string;
  readonly ca: string;
  readonly port: number;
  readonly onOpen: () => void;
}

/** The way from a device to the hub that a protocol runs on; times are milliseconds of `performance.now`. */
export interface Wire {
  readonly stream: Duplex;
  readonly closedAt: number | undefined;
  /** Whether the other side ended it in its own way, not by a reset. */
  readonly endedCleanly: boolean;
  readonly closed: Promise<void>;
  destroy(): void;
}
