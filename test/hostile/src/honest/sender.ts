/** What a sender is told, and whom it tells. */
export interface SenderOptions {
  readonly host: string;
  readonly ca: string;
  readonly deviceId: string;
  readonly token: string;
  /** Told of what must not happen to an honest device. */
  readonly harmed: (what: string) => void;
}

/** A device that sends over one protocol. */
export interface Sender {
  /** @param acknowledged called once the hub has acknowledged the message */
  send(acknowledged: () => void): void;
}

export const BODY = 'honest';
