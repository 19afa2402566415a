import { Server, ServerCredentials, type ServiceDefinition, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { health } from '@mooring/proto';
import { type Contract, type ContractDefinition, methodsOf, serviceOf } from '../contract-definition.js';
import { RpcMetrics } from '../metrics.js';
import { CallLimit } from './call-limit.js';
import { healthService } from './health.js';
import { PeerListener } from './peer-listener.js';
import { DEFAULT_LIMITS, type RpcServerLimits, type RpcServerOptions } from './server-options.js';
import { unaryHandler } from './unary-handler.js';

/** A dead client is noticed after both. */
const KEEPALIVE_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
/** Time for calls on a connection that has reached its age: more than the longest takes, a method that its device is slow at. */
const AGE_GRACE_MS = 330_000;

/** Serves contracts to other processes: gRPC over mutual TLS, with the gRPC health check. */
export class RpcServer {
  private readonly grpc: Server;
  private readonly listener: PeerListener;
  private readonly limit: CallLimit;
  private readonly served = new Set<string>();
  private state: 'new' | 'serving' | 'draining' = 'new';

  constructor(private readonly options: RpcServerOptions) {
    const limits: RpcServerLimits = { ...DEFAULT_LIMITS, ...options.limits };
    this.limit = new CallLimit(limits.maxCallsInProgress);
    this.grpc = new Server({
      'grpc.max_receive_message_length': limits.maxMessageBytes,
      'grpc.max_send_message_length': limits.maxMessageBytes,
      'grpc.max_concurrent_streams': limits.maxConcurrentStreams,
      'grpc.max_connection_age_ms': limits.maxConnectionAgeMs,
      'grpc.max_connection_age_grace_ms': AGE_GRACE_MS,
      'grpc.keepalive_time_ms': KEEPALIVE_MS,
      'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
      'grpc.enable_channelz': 0,
    });
    // TLS ends in the listener, so what gRPC is handed is plain to it.
    const injector = this.grpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.listener = new PeerListener(options, limits, (socket) => injector.injectConnection(socket));
    const isServing = () => this.state === 'serving' && (options.isReady?.() ?? true);
    this.grpc.addService(health.HealthService, healthService(this.served, isServing));
  }

  /**
   * Adds a contract, before or after `listen`.
   * @throws Error if it is served already
   */
  serve<D extends ContractDefinition>(definition: D, implementation: Contract<D>): this {
    const metrics = RpcMetrics.of('server', this.options.metrics);
    const answers = implementation as Readonly<Record<string, ((request: unknown) => Promise<unknown>) | undefined>>;
    const service: Record<string, ServiceDefinition[string]> = {};
    const handlers: UntypedServiceImplementation = {};
    for (const method of methodsOf(definition)) {
      const answer = answers[method.key]?.bind(implementation);
      if (answer === undefined) {
        throw new Error(`The implementation of ${method.service} lacks ${method.key}.`);
      }
      service[method.key] = bytesDefinition(method.path);
      handlers[method.key] = unaryHandler(method, answer, {
        options: this.options,
        metrics: metrics.forMethod(method),
        limit: this.limit,
      });
    }
    this.grpc.addService(service, handlers);
    this.served.add(serviceOf(definition));
    return this;
  }

  /**
   * @returns the port
   * @throws Error if it cannot be bound
   */
  async listen(): Promise<number> {
    const port = await this.listener.listen();
    this.state = 'serving';
    return port;
  }

  /**
   * Takes no more calls, lets those in progress end, and closes.
   * @param graceMs what has not ended by then is cut off
   * @returns whether all had ended
   */
  async drain(graceMs: number): Promise<boolean> {
    this.state = 'draining';
    const { promise: graceOver, resolve: cutOff } = Promise.withResolvers<boolean>();
    const timer = this.options.clock.after(graceMs, () => cutOff(false));
    const listenerClosed = this.listener.close();
    // Tells peers to open no more calls. Its own end says nothing, as the connections are not its.
    this.grpc.tryShutdown(() => undefined);
    const ended = await Promise.race([listenerClosed.then(() => true), graceOver]);
    timer.cancel();
    this.grpc.forceShutdown();
    this.listener.destroyConnections();
    await listenerClosed;
    return ended;
  }
}

/** gRPC passes bytes on, so that what cannot be encoded or decoded is an error of the hub's own. */
function bytesDefinition(path: string): ServiceDefinition[string] {
  const same = (bytes: Buffer) => bytes;
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}
