import type { JavaClient } from './java-client.js';
import type { JavaError, JavaSdk } from './java-sdk.js';

/** A connection of the Java SDK that many clients share, each with a session of its own. */
export class JavaMultiplexer {
  constructor(
    private readonly name: string,
    private readonly sdk: Pick<JavaSdk, 'run'>,
  ) {}

  async open(): Promise<void> {
    await this.run('openMultiplexer');
  }

  async close(): Promise<void> {
    await this.run('closeMultiplexer');
  }

  /** @returns why devices were refused, by their ids */
  async register(clients: readonly JavaClient[]): Promise<Readonly<Record<string, JavaError>>> {
    return (await this.run('register', { clients: names(clients) })) as Record<string, JavaError>;
  }

  async unregister(clients: readonly JavaClient[]): Promise<void> {
    await this.run('unregister', { clients: names(clients) });
  }

  async registered(): Promise<number> {
    return (await this.run('registered')) as number;
  }

  private run(op: string, more: object = {}): Promise<unknown> {
    return this.sdk.run(op, { multiplexer: this.name, ...more });
  }
}

function names(clients: readonly JavaClient[]): readonly string[] {
  return clients.map(({ name }) => name);
}
