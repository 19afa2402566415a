import { type ChannelOptions, experimental } from '@grpc/grpc-js';

type Endpoints = experimental.Endpoint[];
type Failure = Extract<experimental.StatusOr<Endpoints>, { ok: false }>;

const SCHEME = 'mooring';

/** The target of a channel to all of several `host:port`. */
export function targetOf(addresses: readonly string[]): string {
  return `${SCHEME}:${addresses.join(',')}`;
}

/**
 * Resolves a list of addresses, which gRPC's own resolvers do for IP addresses only: each is resolved by gRPC's DNS resolver,
 * and the endpoints of all are the result.
 */
class AddressListResolver implements experimental.Resolver {
  private readonly children: readonly experimental.Resolver[];
  /** By address, what was found last; a name that cannot be resolved for a while keeps its endpoints. */
  private readonly found = new Map<string, Endpoints>();
  private readonly failed = new Map<string, Failure>();

  constructor(
    target: experimental.GrpcUri,
    private readonly listener: experimental.ResolverListener,
    options: ChannelOptions,
  ) {
    const addresses = target.path.split(',');
    this.children = addresses.map((path) =>
      experimental.createResolver(
        { scheme: 'dns', path },
        (result) => {
          this.note(path, result);
          return this.publish(addresses.length);
        },
        options,
      ),
    );
  }

  static getDefaultAuthority(target: experimental.GrpcUri): string {
    return target.path.split(',')[0] ?? '';
  }

  updateResolution(): void {
    for (const child of this.children) {
      child.updateResolution();
    }
  }

  destroy(): void {
    for (const child of this.children) {
      child.destroy();
    }
  }

  private note(address: string, result: experimental.StatusOr<Endpoints>): void {
    if (result.ok) {
      this.found.set(address, result.value);
      this.failed.delete(address);
    } else {
      this.failed.set(address, result);
    }
  }

  private publish(addresses: number): boolean {
    const endpoints = [...this.found.values()].flat();
    const [failure] = this.failed.values();
    if (endpoints.length > 0) {
      return this.listener(experimental.statusOrFromValue(endpoints), {}, null, '');
    }
    // Bad news waits until it is all of it.
    return failure !== undefined && this.failed.size === addresses ? this.listener(failure, {}, null, '') : true;
  }
}

experimental.registerResolver(SCHEME, AddressListResolver);
