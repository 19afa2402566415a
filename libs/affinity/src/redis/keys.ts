/** Reserved for the keys' own structure: `{` and `}` mark what Redis Cluster derives the slot from. */
const RESERVED = /[%{}]/g;

/** Names of the keys in Redis. All keys of a device, those of its modules included, share a cluster slot. */
export class Keys {
  /** @param prefix without braces, e.g. `mooring` */
  constructor(private readonly prefix: string) {
    if (!/^[^{}]+$/.test(prefix)) {
      throw new RangeError('The prefix of the keys in Redis may not be empty or have braces.');
    }
  }

  /** @param identity a device's id, or `device/module` */
  holder(identity: string): string {
    const slash = identity.indexOf('/');
    const device = slash < 0 ? identity : identity.slice(0, slash);
    return `${this.prefix}:{${escaped(device)}}:holder${identity.slice(device.length)}`;
  }

  lease(process: string): string {
    return `${this.prefix}:edge:${process}`;
  }

  /** Names of the processes that have or had a lease, by the time of their last renewal. */
  processes(): string {
    return `${this.prefix}:edges`;
  }

  /** Since when the store holds something. */
  since(): string {
    return `${this.prefix}:edges:since`;
  }

  owner(partition: string): string {
    return `${this.prefix}:owner:${partition}`;
  }
}

function escaped(id: string): string {
  return id.replace(RESERVED, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
