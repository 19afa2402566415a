import type { JavaError, JavaSdk } from './java-sdk.js';

export interface JavaMessage {
  readonly body: Buffer;
  readonly messageId?: string | null;
  readonly correlationId?: string | null;
  readonly contentType?: string | null;
  readonly contentEncoding?: string | null;
  readonly properties?: Readonly<Record<string, string>>;
}

export type Outcome = 'COMPLETE' | 'REJECT' | 'ABANDON';

export interface JavaProperties {
  readonly $version: number;
  readonly [name: string]: unknown;
}

export interface JavaStatus {
  readonly status: string;
  readonly reason: string;
  readonly cause: JavaError | null;
}

/** A device's or module's client in the Java SDK. What the hub gave it is in its arrays, oldest first. */
export class JavaClient {
  readonly received: JavaMessage[] = [];
  readonly pushes: JavaProperties[] = [];
  readonly calls: { readonly method: string; readonly payload: unknown }[] = [];
  readonly statuses: JavaStatus[] = [];

  constructor(
    readonly name: string,
    private readonly sdk: Pick<JavaSdk, 'run'>,
  ) {}

  async open(): Promise<void> {
    await this.run('open');
  }

  async close(): Promise<void> {
    await this.run('close');
  }

  /** Resolves once the hub has accepted it. */
  async send(message: JavaMessage): Promise<void> {
    await this.run('send', { message: encode(message) });
  }

  async sendBatch(messages: readonly JavaMessage[]): Promise<void> {
    await this.run('sendBatch', { messages: messages.map(encode) });
  }

  /** Subscribes to messages. @param outcomes by their ids, for each time that they come; others are completed */
  async receive(outcomes: Readonly<Record<string, readonly Outcome[]>> = {}): Promise<void> {
    await this.run('messages', { outcomes });
  }

  /** Answers calls with 299 and what they brought. */
  async echoMethods(): Promise<void> {
    await this.run('methods');
  }

  async watchDesired(): Promise<void> {
    await this.run('desired');
  }

  async twin(): Promise<{ readonly desired: JavaProperties; readonly reported: JavaProperties }> {
    return (await this.run('twin')) as { desired: JavaProperties; reported: JavaProperties };
  }

  /** @returns the version of the reported properties */
  async report(patch: object): Promise<number> {
    return (await this.run('report', { patch })) as number;
  }

  /** An event of the SDK. */
  take(event: string, value: unknown): void {
    switch (event) {
      case 'message':
        this.received.push(decode(value as JsonMessage));
        break;
      case 'desired':
        this.pushes.push(value as JavaProperties);
        break;
      case 'method':
        this.calls.push(value as { method: string; payload: unknown });
        break;
      default:
        this.statuses.push(value as JavaStatus);
    }
  }

  private run(op: string, more: object = {}): Promise<unknown> {
    return this.sdk.run(op, { client: this.name, ...more });
  }
}

type JsonMessage = Omit<JavaMessage, 'body'> & { readonly body: string };

function encode(message: JavaMessage): JsonMessage {
  return { ...message, body: message.body.toString('base64') };
}

function decode(message: JsonMessage): JavaMessage {
  return { ...message, body: Buffer.from(message.body, 'base64') };
}
