import { keyOfName } from '@mooring/credentials';
import type { identity } from '@mooring/proto';
import type { KnownIdentity } from '../domain/new-twin.js';
import { knownIdentity } from './identity-copy.js';

/** What one call may ask for. */
const MAX_KEYS = 1_000;

export interface DirectoryEntry {
  readonly known: KnownIdentity | undefined;
  /** Whether there is the device of a module. */
  readonly deviceFound: boolean;
}

interface Wanted {
  readonly promise: Promise<DirectoryEntry>;
  readonly resolve: (entry: DirectoryEntry) => void;
  readonly reject: (error: unknown) => void;
}

/** Who there is now, by name; questions that come at the same time share a call. */
export class Directory {
  private wanted = new Map<string, Wanted>();

  constructor(private readonly service: identity.DirectoryService) {}

  describe(name: string): Promise<DirectoryEntry> {
    const already = this.wanted.get(name);
    if (already !== undefined) {
      return already.promise;
    }
    if (this.wanted.size === 0) {
      setImmediate(() => this.ask());
    }
    const asked = Promise.withResolvers<DirectoryEntry>();
    this.wanted.set(name, asked);
    return asked.promise;
  }

  private ask(): void {
    const wanted = [...this.wanted];
    this.wanted = new Map();
    for (let start = 0; start < wanted.length; start += MAX_KEYS) {
      void this.askFor(wanted.slice(start, start + MAX_KEYS));
    }
  }

  private async askFor(wanted: readonly (readonly [name: string, asked: Wanted])[]): Promise<void> {
    try {
      const keys = wanted.map(([name]) => keyOfName(name));
      const { descriptions } = await this.service.describeIdentities({ keys });
      wanted.forEach(([, { resolve }], index) => {
        const description = descriptions[index];
        resolve({
          known: description && knownIdentity(description),
          deviceFound: description?.deviceFound ?? false,
        });
      });
    } catch (error) {
      for (const [, { reject }] of wanted) {
        reject(error);
      }
    }
  }
}
