import type { KeyVault } from './model.js';

/** What a change is made with. */
export interface ChangeContext {
  readonly vault: KeyVault;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** Of the scopes that the request names, those of edge devices that exist. */
  readonly edgeScopes: ReadonlySet<string>;
}
