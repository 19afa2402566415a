import type { LiveConnection } from './live-connection.js';

/** The admitted connections of this process: one for each identity. */
export class LiveConnections {
  private readonly byName = new Map<string, LiveConnection>();
  /** Names of modules that are connected, by device; most devices have none. */
  private readonly modules = new Map<string, Set<string>>();

  get size(): number {
    return this.byName.size;
  }

  get(name: string): LiveConnection | undefined {
    return this.byName.get(name);
  }

  all(): Iterable<LiveConnection> {
    return this.byName.values();
  }

  /** @returns the connection that it takes the place of, for the caller to close */
  put(connection: LiveConnection): LiveConnection | undefined {
    const identity = connection.admission?.identity;
    if (identity === undefined) {
      throw new TypeError('only an admitted connection lives');
    }
    const previous = this.byName.get(identity.name);
    this.byName.set(identity.name, connection);
    if (identity.moduleId !== '') {
      const names = this.modules.get(identity.deviceId) ?? new Set();
      this.modules.set(identity.deviceId, names.add(identity.name));
    }
    return previous;
  }

  /** Removes it, unless another has taken its place. */
  remove(connection: LiveConnection): void {
    const identity = connection.admission?.identity;
    if (identity === undefined || this.byName.get(identity.name) !== connection) {
      return;
    }
    this.byName.delete(identity.name);
    const names = this.modules.get(identity.deviceId);
    if (identity.moduleId !== '' && names?.delete(identity.name) && names.size === 0) {
      this.modules.delete(identity.deviceId);
    }
  }

  /** The connections of a device's modules. */
  ofModules(deviceId: string): readonly LiveConnection[] {
    const names = this.modules.get(deviceId) ?? [];
    return [...names].map((name) => this.byName.get(name)).filter((connection) => connection !== undefined);
  }
}
