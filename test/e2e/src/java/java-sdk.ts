import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type HubAccess, javaSdk } from '@mooring/test-parts';
import { JavaClient } from './java-client.js';
import { JavaMultiplexer } from './java-multiplexer.js';

export const PROTOCOLS = ['MQTT', 'MQTT_WS', 'AMQPS', 'AMQPS_WS', 'HTTPS'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface ClientOptions {
  readonly connectionString: string;
  readonly protocol: Protocol;
  /** Of the device, PEM, with its key; none unless given. */
  readonly cert?: string;
  readonly key?: string;
  readonly modelId?: string;
  /** How long its tokens are valid; an hour unless given. */
  readonly tokenSeconds?: number;
  /** Whether it connects again by itself; it does unless this is false. */
  readonly retry?: boolean;
}

/** What the SDK threw. */
export interface JavaError {
  readonly type: string;
  readonly message: string;
  /** `IotHubStatusCode`, where it is an error of the hub's. */
  readonly status?: string;
}

interface Line {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: JavaError;
  readonly event?: string;
  readonly client?: string;
  readonly value?: unknown;
}

/** A process in which clients of the Java SDK do as they are told. */
export class JavaSdk {
  private readonly pending = new Map<number, PromiseWithResolvers<unknown>>();
  private readonly clients = new Map<string, JavaClient>();
  private ids = 0;
  private errors = '';

  private constructor(
    private readonly hub: HubAccess,
    private readonly process: ChildProcessWithoutNullStreams,
  ) {
    createInterface({ input: process.stdout }).on('line', (line) => this.take(JSON.parse(line) as Line));
    process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors = `${this.errors}${text}`.slice(-4_000);
    });
    process.once('close', () => {
      for (const { reject } of this.pending.values()) {
        reject(new Error(`The Java SDK's process has ended. ${this.errors}`));
      }
    });
  }

  static async start(hub: HubAccess): Promise<JavaSdk> {
    const [command, args] = await javaSdk();
    return new JavaSdk(hub, spawn(command, args));
  }

  /** A client, not yet opened. */
  async client(name: string, options: ClientOptions): Promise<JavaClient> {
    const client = new JavaClient(name, this);
    this.clients.set(name, client);
    await this.run('create', { client: name, ca: this.hub.ca, ...options });
    return client;
  }

  /** A connection that clients share, not yet opened. */
  async multiplexer(name: string, protocol: 'AMQPS' | 'AMQPS_WS'): Promise<JavaMultiplexer> {
    await this.run('multiplexer', { multiplexer: name, protocol, host: this.hub.host, ca: this.hub.ca });
    return new JavaMultiplexer(name, this);
  }

  /** @throws JavaSdkError what the SDK threw */
  run(op: string, more: object): Promise<unknown> {
    const id = ++this.ids;
    const answer = Promise.withResolvers<unknown>();
    this.pending.set(id, answer);
    this.process.stdin.write(`${JSON.stringify({ id, op, ...more })}\n`);
    return answer.promise;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('close', resolve));
    this.process.stdin.end();
    await ended;
  }

  private take({ id, result, error, event, client, value }: Line): void {
    if (event !== undefined) {
      this.clients.get(client ?? '')?.take(event, value);
      return;
    }
    const answer = this.pending.get(id ?? 0);
    this.pending.delete(id ?? 0);
    if (error === undefined) {
      answer?.resolve(result);
    } else {
      answer?.reject(new JavaSdkError(error));
    }
  }
}

export class JavaSdkError extends Error {
  readonly status: string | undefined;

  constructor({ type, message, status }: JavaError) {
    super(`${type} ${status ?? ''}: ${message}`);
    this.status = status;
  }
}
