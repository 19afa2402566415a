import type { Authentication, AuthenticationName } from './authentications.js';
import type { Feature } from './features/feature.js';
import type { FeatureName } from './features/index.js';
import type { Transport, TransportName } from './transports.js';

/** Cells that the table leaves out: those that fit all that is named. */
interface Rule {
  readonly why: string;
  readonly features?: readonly FeatureName[];
  readonly transports?: readonly TransportName[];
  readonly authentications?: readonly AuthenticationName[];
}

const MQTT = ['Mqtt', 'MqttWs'] as const;
const AMQP = ['Amqp', 'AmqpWs'] as const;
const CERTIFICATES = [
  'self-signed certificate',
  'SHA-1 of a certificate',
  'certificate of an authority',
] as const satisfies readonly AuthenticationName[];

const EXCEPT_ADMISSION: readonly FeatureName[] = [
  'an empty message',
  'the largest message',
  'a batch',
  'messages, completed',
  'messages, rejected and abandoned',
  'feedback',
  'a message that is too large for it',
  'its twin',
  'methods',
  'a module',
  'its model',
  'other tokens',
];

const RULES: readonly Rule[] = [
  {
    why: 'the SDK has batches over HTTPS alone',
    features: ['a batch'],
    transports: [...MQTT, ...AMQP],
  },
  {
    why: 'MQTT has acknowledgements, and no other outcome of a message',
    features: ['messages, rejected and abandoned'],
    transports: MQTT,
  },
  {
    why: 'the SDK names its model over MQTT alone',
    features: ['its model'],
    transports: [...AMQP, 'Http'],
  },
  {
    why: 'HTTPS has requests of devices alone: no twin, no methods, and no modules in the SDK',
    features: ['its twin', 'methods', 'a module'],
    transports: ['Http'],
  },
  {
    why: 'the SDK has certificates for devices, and none for modules',
    features: ['a module'],
    authentications: CERTIFICATES,
  },
  {
    why: 'a certificate takes the place of tokens',
    features: ['other tokens'],
    authentications: CERTIFICATES,
  },
  {
    why: 'once it is let in, a device is one like any other of its kind',
    features: EXCEPT_ADMISSION,
    authentications: ['token of a policy', 'SHA-1 of a certificate'],
  },
];

/** @returns why a cell is none; undefined if it is one */
export function whyNot(cell: {
  readonly feature: Feature & { readonly name: FeatureName };
  readonly transport: Transport;
  readonly authentication: Authentication;
}): string | undefined {
  return RULES.find(
    ({ features, transports, authentications }) =>
      (features?.includes(cell.feature.name) ?? true) &&
      (transports?.includes(cell.transport.name) ?? true) &&
      (authentications?.includes(cell.authentication.name) ?? true),
  )?.why;
}
