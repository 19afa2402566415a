import type { DeviceLogin } from './packets.js';

/** Where the devices connect to. */
export interface Address {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority that the server's certificate is checked against. */
  readonly ca: string;
  /** The name in that certificate, where it is not the host. */
  readonly name?: string;
}

/** How devices use AMQP. */
export interface AmqpShape {
  /** More than one are multiplexed, each in a session of its own. */
  readonly devicesPerConnection: number;
  /** Whether each attaches a link for messages from the cloud beside the one for telemetry. */
  readonly receiving: boolean;
}

/** What the bench asks the load generator to do; each is answered by one `LoadAnswer`. */
export type LoadRequest =
  | {
      readonly kind: 'connect';
      readonly address: Address;
      readonly logins: readonly DeviceLogin[];
      readonly payloadBytes: number;
      /** TLS handshakes under way at once. */
      readonly concurrency: number;
      /** Absent: they speak MQTT. */
      readonly amqp?: AmqpShape;
    }
  | { readonly kind: 'start'; readonly inFlight: number }
  /** Sends so many messages a second, all devices together, however fast they are acknowledged. */
  | { readonly kind: 'pace'; readonly perSecond: number }
  /** Has one device more send so many, whatever is acknowledged; until `stop`. */
  | {
      readonly kind: 'flood';
      readonly address: Address;
      readonly login: DeviceLogin;
      readonly payloadBytes: number;
      readonly perSecond: number;
    }
  /** Forgets what was measured so far: the warm-up is over. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'result' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'disconnect' };

export interface LoadResult {
  readonly acknowledged: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export type LoadAnswer = { readonly result?: LoadResult; readonly error?: string };
