import { ManualClock } from '@mooring/clock';
import { loadConfiguration, type RightName } from '@mooring/config';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { DirectMethods } from '@mooring/direct-methods';
import { createLogger, createMetrics, type Logger, type Metrics, type Tracing } from '@mooring/observability';
import { identity } from '@mooring/proto';
import { Throttles, type ThrottlesOptions } from '@mooring/throttling';
import inject, { type InjectOptions, type Response } from 'light-my-request';
import type { BearerTokens } from '../auth/bearer/bearer-tokens.js';
import type { SharedAccessPolicy } from '../auth/shared-access-policy.js';
import { type Api, createApi } from '../create-api.js';
import { fakeIdentity, type IdentityCalls } from './fake-identity.js';
import { fakeMonitoring, type MonitoringCalls } from './fake-monitoring.js';
import { fakeC2dQueue, fakeLocator, fakeTwin, type ServiceCalls } from './fake-services.js';

export const HOST = 'hub.iot.test';
export const KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
export const VERSION = 'api-version=2021-04-12';

const POLICIES: Readonly<Record<string, readonly RightName[]>> = {
  iothubowner: ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect'],
  service: ['ServiceConnect'],
  device: ['DeviceConnect'],
  registryRead: ['RegistryRead'],
  registryReadWrite: ['RegistryRead', 'RegistryWrite'],
};

/** A request; a header that is undefined is not sent. */
export type Wanted = Omit<InjectOptions, 'headers'> & {
  readonly headers?: Readonly<Record<string, string | undefined>>;
};

export interface TestApi extends Api {
  readonly clock: ManualClock;
  readonly metrics: Metrics;
  /** A request with the owner's token, unless the headers say otherwise. */
  request(options: Wanted): Promise<Response>;
  token(policy: string, resource?: string, ttlSeconds?: number): string;
}

export interface TestApiOptions {
  readonly maxBodyBytes?: number;
  readonly monitoring?: MonitoringCalls;
  readonly services?: ServiceCalls;
  readonly bearerTokens?: BearerTokens;
  readonly logger?: Logger;
  readonly tracing?: Tracing;
  /** Limits of the hub, as environment variables; absent: nothing is throttled. */
  readonly throttling?: Readonly<Record<string, string>>;
}

export async function startApi(calls: IdentityCalls = {}, options: TestApiOptions = {}): Promise<TestApi> {
  const clock = new ManualClock(Date.UTC(2024, 6, 7, 10, 0, 0));
  const metrics = createMetrics();
  const logger = options.logger ?? createLogger('api', 'silent');
  const services = options.services ?? {};
  const api = await createApi({
    identity: fakeIdentity(calls),
    policies: { find: async (name) => policy(name) },
    bearerTokens: options.bearerTokens,
    monitoring: fakeMonitoring(options.monitoring),
    hostnames: [HOST, '127.0.0.1'],
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024,
    clock,
    twin: fakeTwin(services),
    c2dQueue: fakeC2dQueue(services),
    methods: new DirectMethods({
      locator: fakeLocator(services),
      directory: {
        describeIdentities: async ({ keys }) => ({
          descriptions: keys.map(() => identity.Description.fromPartial({ found: true, deviceFound: true })),
        }),
      },
      operations: { record: () => undefined },
      maxWaiting: 10,
      clock,
      logger,
      metrics,
    }),
    logger,
    metrics,
    tracing: options.tracing,
    throttles: options.throttling && openThrottles(options.throttling, { clock, metrics }),
  });
  const token = (name: string, resource = HOST, ttlSeconds = 60): string =>
    createSasToken({ resource, key: sasKeyFromBase64(KEY), se: clock.now() / 1000 + ttlSeconds, policy: name });
  return {
    ...api,
    clock,
    metrics,
    token,
    request: ({ headers, ...wanted }) => {
      const all = { authorization: token('iothubowner'), ...headers };
      return inject(api.front, { ...wanted, headers: sent(all) });
    },
  };
}

function openThrottles(limits: Readonly<Record<string, string>>, parts: Omit<ThrottlesOptions, 'settings'>) {
  const { settings } = loadConfiguration({ MOORING_THROTTLING: 'true', ...limits });
  return Throttles.open({ settings, ...parts });
}

function sent(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return Object.fromEntries(entries) as Record<string, string>;
}

function policy(name: string): SharedAccessPolicy | undefined {
  const rights = POLICIES[name];
  return rights === undefined ? undefined : { name, keys: [KEY], rights: new Set(rights) };
}
