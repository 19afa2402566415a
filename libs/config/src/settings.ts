import { z } from 'zod';

/**
 * Every setting of the hub, with its default and meaning. `mqttMaxInFlight` is read from `MOORING_MQTT_MAX_IN_FLIGHT`; an
 * unknown or invalid variable of that prefix stops the start.
 */

const port = z.coerce.number().int().min(0).max(65535);
const count = z.coerce.number().int().min(1);
const seconds = z.coerce.number().positive();
const bytes = z.coerce.number().int().min(1);
const share = z.coerce.number().min(0).max(1);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
const hostname = z
  .string()
  .regex(/^(?=.*\.)[A-Za-z0-9_.-]{1,253}$/, 'must contain a dot and only letters, digits, `_`, `.` and `-`');
const address = z.string().regex(/^[^:]+:\d+$|^\[.+\]:\d+$/, 'host:port');
const addresses = list.pipe(z.array(address).min(1, 'host:port, separated by commas'));

export const SETTINGS = {
  hostname: hostname
    .default('127.0.0.1')
    .describe('Host in every connection string and a name in the server certificate. SDKs want a dot in it.'),
  data: z
    .string()
    .min(1)
    .default('.mooring')
    .describe('The only writable folder: certificates, connection strings, embedded stores.'),
  config: z
    .string()
    .min(1)
    .optional()
    .describe("YAML file that declares the hub's resources: policies, certificates, consumer groups."),
  bindAddress: z
    .string()
    .min(1)
    .default('0.0.0.0')
    .describe('Address that devices and back ends reach the listeners on.'),
  mqttsPort: port.default(8883).describe('MQTT over TLS.'),
  amqpsPort: port.default(5671).describe('AMQP over TLS.'),
  httpsPort: port.default(443).describe('REST, and MQTT and AMQP over WebSocket.'),
  mqttPort: port.optional().describe('Plain MQTT, off unless set: for a proxy that ends TLS.'),
  amqpPort: port
    .optional()
    .describe('Plain AMQP, off unless set: for a proxy that ends TLS, and Event Hubs clients in emulator mode.'),
  adminPort: port.default(9090).describe('Health and metrics, plain HTTP.'),
  adminAddress: z.string().min(1).default('127.0.0.1').describe('Address that health and metrics listen on.'),
  proxyTrusted: list
    .default([])
    .describe('Addresses or networks (CIDR, separated by commas) from which PROXY protocol v2 is read.'),
  tlsCertificate: z
    .string()
    .min(1)
    .optional()
    .describe(
      'PEM file of the server certificate and its chain; read again when it changes. Default: made in the data folder.',
    ),
  tlsKey: z.string().min(1).optional().describe('PEM file of the server key; goes with the certificate.'),
  sealKey: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File with 32 bytes in base64 that device keys are sealed with at rest. Default: made in the data folder.',
    ),
  rpcPort: port.default(9443).describe("gRPC between the hub's processes, over mutual TLS (`mooring run`)."),
  rpcAdvertise: address
    .optional()
    .describe(
      "host:port at which the hub's other processes reach this one. Default: the machine's host name and the gRPC port.",
    ),
  rpcAuthority: z
    .string()
    .min(1)
    .optional()
    .describe(
      "PEM file of the authority of the hub's processes; `mooring certs` makes a set for development. Read again when it changes, like the next two.",
    ),
  rpcCertificate: z
    .string()
    .min(1)
    .optional()
    .describe("PEM file of this process' certificate; its names are those of the services that it holds."),
  rpcKey: z.string().min(1).optional().describe("PEM file of that certificate's key."),
  identityAddresses: addresses
    .optional()
    .describe(
      'Where the identity service is: host:port, separated by commas. Needed by processes that do not hold it.',
    ),
  monitoringAddresses: addresses
    .optional()
    .describe(
      'Where the monitoring service is: host:port, separated by commas. Needed by processes that do not hold it.',
    ),
  twinAddresses: addresses
    .optional()
    .describe('Where the twin services are: host:port, separated by commas; for processes that do not hold it.'),
  c2dQueueAddresses: addresses
    .optional()
    .describe('Where the c2d-queue services are: host:port, separated by commas; for processes that do not hold it.'),
  kafkaBrokers: addresses
    .optional()
    .describe('Use Kafka as event log: host:port, separated by commas. Default: embedded.'),
  redisUrl: z
    .string()
    .regex(/^rediss?:\/\//, 'redis:// or rediss://')
    .optional()
    .describe('Use Redis for affinity. Default: embedded.'),
  mongoUrl: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, 'mongodb:// or mongodb+srv://')
    .optional()
    .describe("Use a server of MongoDB's protocol as document store. Default: embedded."),
  mongoDatabase: z.string().min(1).default('mooring').describe('Name of the database.'),
  topicPrefix: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,100}$/)
    .default('mooring')
    .describe('Prefix of the topics in Kafka.'),
  redisPrefix: z
    .string()
    .regex(/^[^{}]{1,64}$/)
    .default('mooring')
    .describe('Prefix of the keys in Redis.'),
  partitions: count.max(1024).default(12).describe('Partitions of the topics; fixed once they are made.'),
  retentionHours: seconds.default(168).describe('How long events are kept.'),
  operationsRetentionHours: seconds.default(168).describe('How long operation records are kept.'),
  operationsMaxRecords: count
    .default(1_000_000)
    .describe('Operation records that are kept at most; the oldest go first.'),
  appendGiveUpSeconds: seconds
    .default(25)
    .describe('How long a batch is tried again before its connections are closed.'),
  appendMaxBytes: bytes
    .default(64 * 1024 * 1024)
    .describe('Payload bytes that may wait for the event log in one process.'),
  logLevel: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .describe('Least severity that is logged.'),
  otlpEndpoint: z
    .string()
    .regex(/^https?:\/\/[^\s@?#]+$/, 'http:// or https://, without credentials and query')
    .optional()
    .describe(
      'Traces are sent to this OTLP/HTTP collector, e.g. http://collector:4318. Nothing is traced unless it is set.',
    ),
  traceSampleRatio: share.default(0.01).describe('Share of the traces that are recorded, 0 to 1.'),
  drainSeconds: seconds.default(20).describe('Time that a drain after SIGTERM may take.'),
  edgeId: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/)
    .optional()
    .describe(
      "Name of this process as the edge that holds connections. Default: the machine's host name and process id.",
    ),
  maxConnections: count.default(100_000).describe('Device connections of one process.'),
  connectRate: count
    .default(2_000)
    .describe('Connections admitted a second by one process; more wait, then are refused.'),
  maxTakeOvers: count
    .default(20)
    .describe('Take-overs of one identity in ten seconds; beyond them the connection that is there stays.'),
  maxRefusalRecords: count
    .default(50)
    .describe('Operation records of refused connections that one process writes a second; more are only counted.'),
  handshakeTimeoutSeconds: seconds.default(30).describe('Time for PROXY header and TLS handshake.'),
  mqttConnectTimeoutSeconds: seconds.default(30).describe('Time from the handshake to a complete CONNECT.'),
  mqttMaxConnectPacketBytes: bytes.default(16 * 1024).describe('Largest packet before a connection is admitted.'),
  mqttMaxPacketBytes: bytes.default(256 * 1024 + 4 * 1024).describe('Largest packet afterwards.'),
  maxMessageBytes: bytes.default(256 * 1024).describe('Largest telemetry message, payload and properties together.'),
  mqttMaxInFlight: count
    .max(1000)
    .default(32)
    .describe('Unacknowledged publishes of one connection, beyond which it is not read.'),
  mqttMaxTopicLevels: count.default(16).describe('Levels of a topic.'),
  mqttMaxPropertyBagBytes: bytes.default(16 * 1024).describe('Length of the property bag in a topic.'),
  mqttMaxSubscriptions: count.default(16).describe('Subscriptions of one connection.'),
  mqttMaxKeepAliveSeconds: seconds.default(1177).describe('A longer keep-alive, or none, counts as this.'),
  mqttWriteTimeoutSeconds: seconds
    .default(60)
    .describe('A connection that does not read what it is sent is closed after this time.'),
  amqpMaxConnections: count.default(20_000).describe('AMQP connections of one process.'),
  amqpMaxSessions: count
    .max(65_535)
    .default(1_024)
    .describe('Sessions of one AMQP connection: one for each device that shares it.'),
  amqpMaxTotalSessions: count.default(200_000).describe('Sessions of all AMQP connections of one process.'),
  amqpMaxLinks: count.default(8_192).describe('Links of one AMQP connection.'),
  amqpMaxTokens: count.default(1_024).describe('Tokens that one AMQP connection may have put at $cbs.'),
  amqpMaxUnsettledBytes: bytes
    .default(4 * 1024 * 1024)
    .describe('Bytes of unanswered messages of one AMQP connection, beyond which it is not read.'),
  amqpMaxFrameBytes: bytes
    .min(512)
    .default(64 * 1024)
    .describe('Largest AMQP frame.'),
  c2dTimeToLiveSeconds: seconds
    .min(60)
    .max(172_800)
    .default(3600)
    .describe('Time to live of a cloud-to-device message whose sender sets none.'),
  c2dMaxDeliveryCount: count.max(100).default(10).describe('Deliveries of a message before it is dead-lettered.'),
  c2dMaxQueuedMessages: count.max(50).default(50).describe('Messages in the queue of one device or module.'),
  c2dLockSeconds: seconds
    .min(5)
    .max(300)
    .default(60)
    .describe('How long a received message stays locked where no connection holds it.'),
  feedbackTimeToLiveSeconds: seconds
    .min(60)
    .max(172_800)
    .default(3600)
    .describe('Time to live of feedback on cloud-to-device messages.'),
  feedbackLockSeconds: seconds.min(5).max(300).default(60).describe('How long received feedback stays locked.'),
  feedbackMaxDeliveryCount: count.max(100).default(10).describe('Deliveries of feedback before it is dropped.'),
  maxWaitingMethods: count
    .default(2_000)
    .describe('Direct methods that wait for devices at a time, in one process; more are refused with 429.'),
  queryMaxSeconds: seconds.default(10).describe('Time for one page of a query.'),
  oidcIssuer: z
    .string()
    .regex(/^https:\/\/[^\s?#]+$/, 'https:// without query')
    .optional()
    .describe('Bearer tokens of this OpenID Connect issuer are accepted from back ends. None are unless it is set.'),
  oidcAudience: z
    .string()
    .min(1)
    .default('https://iothubs.azure.net')
    .describe('Audience that bearer tokens must have.'),
  faultInjection: z
    .stringbool()
    .default(false)
    .describe(
      'Whether a device may break its own connection by a message, as the resilience tests of SDKs do. For test hubs only: no chart sets it.',
    ),
  units: count
    .default(1)
    .describe('Units of the hub, as Azure sells them: what the limits of throttling are multiplied by.'),
  throttling: z
    .stringbool()
    .default(false)
    .describe(
      'Whether traffic beyond the limits of MOORING_THROTTLE_… is slowed down, and then refused (throttling.md).',
    ),
  dailyMessageQuota: count
    .optional()
    .describe(
      'Messages of 4 KB that the hub takes a UTC day, telemetry and cloud-to-device; what is beyond is refused (throttling.md). No limit unless it is set.',
    ),
  throttleBacklogSeconds: seconds.default(5).describe('How long what is beyond a limit waits before it is refused.'),
  throttleIdentityOperationsPerMinute: count
    .optional()
    .describe('Operations on the registry, of the whole hub. Default: 100 for each unit.'),
  throttleDeviceConnectionsPerSecond: count
    .optional()
    .describe('Devices that connect, of the whole hub. Default: 12 for each unit, 100 at least.'),
  throttleD2cSendsPerSecond: count
    .optional()
    .describe('Telemetry messages, of the whole hub. Default: 12 for each unit, 100 at least.'),
  throttleC2dSendsPerMinute: count
    .optional()
    .describe('Cloud-to-device messages that back ends send, of the whole hub. Default: 100 for each unit.'),
  throttleC2dReceivesPerMinute: count
    .optional()
    .describe('Requests for cloud-to-device messages over HTTPS, of the whole hub. Default: 1000 for each unit.'),
  throttleDirectMethodsKbPerSecond: count
    .optional()
    .describe(
      'Payloads of direct methods in KB, each counted in steps of 4, of the whole hub. Default: 160 for each unit.',
    ),
  throttleQueriesPerMinute: count.optional().describe('Pages of queries, of the whole hub. Default: 20 for each unit.'),
  throttleTwinReadsPerSecond: count
    .optional()
    .describe('Twins that devices and back ends read, of the whole hub. Default: 10 for each unit, 100 at least.'),
  throttleTwinUpdatesPerSecond: count
    .optional()
    .describe('Twins that devices and back ends change, of the whole hub. Default: 5 for each unit, 50 at least.'),
  httpMaxBodyBytes: bytes.default(1024 * 1024).describe('Largest body of an HTTP request.'),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type Settings = { readonly [name in SettingName]: z.output<(typeof SETTINGS)[name]> };

/** `mqttMaxInFlight` → `MOORING_MQTT_MAX_IN_FLIGHT`. */
export function environmentName(setting: SettingName): string {
  return `MOORING_${setting.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
