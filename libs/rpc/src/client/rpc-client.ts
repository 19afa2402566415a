import { Client, connectivityState, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import type { Timer } from '@mooring/clock';
import { HubError } from '@mooring/errors';
import { type Contract, type ContractDefinition, type Method, methodsOf } from '../contract-definition.js';
import { errorFrom } from '../errors/error-from.js';
import { asHubError } from '../errors/status-of.js';
import { howUndelivered, noteUndelivered } from '../errors/undelivered.js';
import { intercepted } from '../interceptor.js';
import { type MethodMetrics, RpcMetrics } from '../metrics.js';
import { targetOf } from './address-list-resolver.js';
import { channelOptions, peerNameOf } from './channel-options.js';
import {
  DEFAULT_CONNECT_TIMEOUT_MS,
  DEFAULT_DEADLINE_MS,
  DEFAULT_MAX_MESSAGE_BYTES,
  DEFAULT_MAX_OUTSTANDING,
  type RpcClientOptions,
} from './client-options.js';

/** A service in another process. */
export interface RpcClient<D extends ContractDefinition> {
  /** The contract, as the implementation itself has it. Its errors are HubErrors. */
  readonly service: Contract<D>;
  /** Whether a call would go out at once. */
  readonly isConnected: boolean;
  /**
   * Resolves when there is a connection.
   * @throws HubError ServiceUnavailable if there is none in this time
   */
  connect(timeoutMs: number): Promise<void>;
  /** Calls in progress end as they would; further ones fail. */
  close(): void;
}

/** Reaches a contract in other processes: gRPC over mutual TLS, the calls going to all addresses in turn. */
export function rpcClient<D extends ContractDefinition>(definition: D, options: RpcClientOptions<D>): RpcClient<D> {
  const channel = new ClientChannel(definition, options);
  const calls = methodsOf(definition).map((method) => {
    const metrics = RpcMetrics.of('client', options.metrics).forMethod(method);
    const deadlineMs = options.deadlines?.[method.key] ?? options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    return [method.key, (request: unknown) => channel.call({ method, metrics, deadlineMs }, request)];
  });
  return {
    service: Object.fromEntries(calls) as Contract<D>,
    get isConnected() {
      return channel.isConnected;
    },
    connect: (timeoutMs) => channel.connect(timeoutMs),
    close: () => channel.close(),
  };
}

interface CallKind {
  readonly method: Method;
  readonly metrics: MethodMetrics;
  readonly deadlineMs: number;
}

class ClientChannel {
  private readonly grpc: Client;
  private readonly peer: string;
  private readonly maxOutstanding: number;
  private readonly maxMessageBytes: number;
  private readonly connectTimeoutMs: number;
  private outstanding = 0;
  private isClosed = false;

  constructor(
    definition: ContractDefinition,
    private readonly options: RpcClientOptions,
  ) {
    this.peer = options.peerName ?? peerNameOf(definition);
    this.maxOutstanding = options.maxOutstanding ?? DEFAULT_MAX_OUTSTANDING;
    this.maxMessageBytes = options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES;
    this.connectTimeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
    this.grpc = new Client(
      targetOf(options.addresses),
      options.tls === 'insecure' ? credentials.createInsecure() : options.tls.channelCredentials,
      channelOptions(definition, options),
    );
  }

  get isConnected(): boolean {
    return !this.isClosed && this.grpc.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  connect(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.grpc.waitForReady(Date.now() + timeoutMs, (error) => {
        if (error) {
          reject(this.unavailable(`The service ${this.peer} cannot be reached.`, error));
        } else {
          resolve();
        }
      });
    });
  }

  close(): void {
    this.isClosed = true;
    this.grpc.close();
  }

  async call(kind: CallKind, request: unknown): Promise<unknown> {
    const { interceptors } = this.options;
    if (interceptors === undefined || interceptors.length === 0) {
      return await this.exchange(kind, request, new Metadata());
    }
    const headers: Record<string, string> = {};
    const { service, name } = kind.method;
    return await intercepted(interceptors, { service, method: name, headers }, () =>
      this.exchange(kind, request, metadataOf(headers)),
    );
  }

  private async exchange({ method, metrics, deadlineMs }: CallKind, request: unknown, metadata: Metadata) {
    if (this.isClosed) {
      throw noteUndelivered(this.unavailable(`The client of the service ${this.peer} is closed.`), 'unreachable');
    }
    if (this.outstanding >= this.maxOutstanding) {
      const error = this.unavailable(`Too many calls wait for the service ${this.peer}: try again later.`);
      throw noteUndelivered(error, 'refused');
    }
    const { clock } = this.options;
    const startedAt = clock.monotonic();
    this.outstanding += 1;
    metrics.begin();
    let code = status.OK;
    try {
      const bytes = this.encode(method, request);
      return method.decodeResponse(await this.send(method.path, bytes, { metadata, deadlineMs }));
    } catch (error) {
      code = isServiceError(error) ? error.code : status.INTERNAL;
      throw isServiceError(error)
        ? noteUndelivered(errorFrom(error, this.peer), howUndelivered(error))
        : asHubError(error);
    } finally {
      this.outstanding -= 1;
      metrics.end(code, clock.monotonic() - startedAt);
    }
  }

  private send(
    path: string,
    bytes: Buffer,
    { metadata, deadlineMs }: { metadata: Metadata; deadlineMs: number },
  ): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      let waiting: Timer | undefined;
      const call = this.grpc.makeUnaryRequest(
        path,
        same,
        same,
        bytes,
        metadata,
        { deadline: Date.now() + deadlineMs },
        (error, answer) => {
          waiting?.cancel();
          if (error) {
            reject(error);
          } else {
            resolve(answer ?? EMPTY);
          }
        },
      );
      // gRPC itself would let calls wait for a first connection until their deadline.
      if (!this.isConnected) {
        waiting = this.options.clock.after(this.connectTimeoutMs, () => {
          if (!this.isConnected) {
            call.cancel();
          }
        });
      }
    });
  }

  private encode(method: Method, request: unknown): Buffer {
    const bytes = method.encodeRequest(request);
    if (bytes.length > this.maxMessageBytes) {
      throw new HubError(
        'MessageTooLarge',
        `A message of ${bytes.length} bytes is too large for the service ${this.peer}.`,
      );
    }
    return bytes;
  }

  private unavailable(message: string, cause?: Error): HubError {
    return new HubError('ServiceUnavailable', message, { cause });
  }
}

const EMPTY = Buffer.alloc(0);

function same(bytes: Buffer): Buffer {
  return bytes;
}

function metadataOf(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) {
    metadata.set(name, value);
  }
  return metadata;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'metadata' in error && 'details' in error && 'code' in error;
}
