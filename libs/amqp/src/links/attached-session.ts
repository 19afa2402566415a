import type { ClientRole } from './link-handler.js';

/** The connection of a client, as who serves one of its links may end it, or what else it carries. */
export interface AttachedConnection {
  /** Closes it in AMQP's own way, with the reason if there is one. */
  close(error?: unknown): void;
  /** Closes its transport without a word. */
  destroy(): void;
  /** Detaches the links of the client to an address (in lower case), of any session. @returns whether there were any */
  detach(address: string, client: ClientRole, error?: unknown): boolean;
}

/** The session of a client's link. */
export interface AttachedSession {
  readonly connection: AttachedConnection;
  /** Ends it, and with it all of its links, with the reason if there is one. */
  end(error?: unknown): void;
}
