import { createRequire } from 'node:module';
import type { ISocketFactory, KafkaConfig } from 'kafkajs';

/**
 * What is used of kafkajs' inside. Its public producer hides which of several partitions failed, retries and refreshes on
 * its own, and keeps a connection after a time-out; its public consumer reads by group only. Its connections (TLS, SASL,
 * versions) and its encodings of requests have none of these problems. kafkajs is pinned by the lock file.
 */

/** Writes the parts of a request. */
export interface Encoder {
  writeInt16(value: number): Encoder;
  writeInt32(value: number): Encoder;
  writeString(value: string | null): Encoder;
  writeBuffer(value: Buffer): Encoder;
}

export interface RequestEncoding {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  expectResponse?(): boolean;
  encode(): Promise<Encoder>;
}

/** A request and how its response is read. */
export interface Protocol<T> {
  readonly request: RequestEncoding;
  readonly response: { decode(data: Buffer): Promise<T>; parse(decoded: T): Promise<T> };
}

export interface Connection {
  /** Fails all requests that wait for their responses. */
  rejectRequests(error: Error): void;
}

export interface ConnectionPool {
  readonly pool: readonly Connection[];
  send<T>(protocol: Protocol<T>): Promise<T>;
}

export interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
}

export interface JoinedGroup {
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  /** Of all members, if this one is to assign the partitions. */
  readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[];
}

/** A broker as kafkajs knows it: `connect` negotiates versions and authenticates; errors of the broker have a `type`. */
export interface Broker {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  findGroupCoordinator(request: {
    groupId: string;
    coordinatorType: number;
  }): Promise<{ coordinator: { host: string; port: number } }>;
  joinGroup(request: {
    groupId: string;
    sessionTimeout: number;
    rebalanceTimeout: number;
    memberId: string;
    groupProtocols: readonly { name: string; metadata: Buffer }[];
  }): Promise<JoinedGroup>;
  syncGroup(request: {
    groupId: string;
    generationId: number;
    memberId: string;
    groupAssignment: readonly { memberId: string; memberAssignment: Buffer }[];
  }): Promise<{ memberAssignment: Buffer }>;
  heartbeat(request: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
  offsetFetch(request: {
    groupId: string;
    topics: readonly { topic: string; partitions: readonly { partition: number }[] }[];
  }): Promise<{ responses: readonly TopicOffsets[] }>;
  offsetCommit(request: {
    groupId: string;
    groupGenerationId: number;
    memberId: string;
    topics: readonly TopicOffsets[];
  }): Promise<unknown>;
}

/** What members of a group tell each other, in the form of Kafka's own consumers. */
export interface GroupEncoding {
  readonly MemberMetadata: {
    encode(metadata: { version: number; topics: readonly string[] }): Buffer;
    decode(data: Buffer): { topics: readonly string[] };
  };
  readonly MemberAssignment: {
    encode(assignment: { version: number; assignment: Readonly<Record<string, readonly number[]>> }): Buffer;
    decode(data: Buffer): { assignment: Readonly<Record<string, readonly number[]>> } | null;
  };
}

export interface PoolOptions extends Pick<KafkaConfig, 'ssl' | 'sasl' | 'clientId'> {
  readonly host: string;
  readonly port: number;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly socketFactory: ISocketFactory;
}

type Request = (fields: object) => Protocol<never>;

interface RequestQueue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const load = createRequire(import.meta.url);
const EncoderClass: new (size?: number) => Encoder = load('kafkajs/src/protocol/encoder');
const BrokerClass: new (options: object) => Broker = load('kafkajs/src/broker');
const PoolClass: new (options: object) => ConnectionPool = load('kafkajs/src/network/connectionPool');
const queueClass: { prototype: RequestQueue } = load('kafkajs/src/network/requestQueue');
const { createLogger } = load('kafkajs/src/loggers');
const requests: Record<'Metadata' | 'ListOffsets' | 'Fetch', { protocol(version: { version: number }): Request }> =
  load('kafkajs/src/protocol/requests').requests;

export const { MemberMetadata, MemberAssignment }: GroupEncoding = load('kafkajs/src/consumer/assignerProtocol');

/** Coordinator of a consumer group, as against that of a transaction. */
export const GROUP_COORDINATOR = 0;

const silent = createLogger({ level: 0, logCreator: () => () => undefined });

// kafkajs 2.2.4 starts a timer of one millisecond after each response, for ever, even when nothing is to be sent.
const scheduleCheck = queueClass.prototype.scheduleCheckPendingRequests;
queueClass.prototype.scheduleCheckPendingRequests = function (this: RequestQueue): void {
  if (this.pending.length > 0) {
    scheduleCheck.call(this);
  }
};

export function newEncoder(bytes?: number): Encoder {
  return new EncoderClass(bytes);
}

export function newConnectionPool(options: PoolOptions): ConnectionPool {
  return new PoolClass({ ...options, enforceRequestTimeout: true, logger: silent });
}

export function newBroker(connectionPool: ConnectionPool): Broker {
  return new BrokerClass({ connectionPool, logger: silent, allowAutoTopicCreation: false });
}

/** A request in kafkajs' encoding. `decode` reads its response, or not at all; errors within stay for the caller to judge. */
export function requestOf<T>(name: keyof typeof requests, version: number, fields: object): Protocol<T> {
  const protocol = requests[name].protocol({ version })(fields) as unknown as Protocol<T>;
  return { request: protocol.request, response: { decode: protocol.response.decode, parse: async (data) => data } };
}

/** Whether a broker answered with an error, as against not at all: its connection is in order. */
export function isBrokersAnswer(error: unknown): boolean {
  const name = error instanceof Error ? error.name : '';
  return name === 'KafkaJSProtocolError' || name === 'KafkaJSMemberIdRequired';
}
