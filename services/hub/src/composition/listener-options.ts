import { createServer } from 'node:net';
import type { Clock } from '@mooring/clock';
import { environmentName, type Settings } from '@mooring/config';
import type { Endpoint, ListenerOptions } from '@mooring/listener';
import type { Logger, Metrics } from '@mooring/observability';

/** The variable that sets an endpoint's port. */
export function portSetting(endpoint: Endpoint): string {
  return environmentName(`${endpoint}Port`);
}

export interface ListenerContext {
  readonly settings: Settings;
  readonly httpsPort: number;
  readonly tls: { readonly certificateFile: string; readonly keyFile: string };
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function listenerOptions({
  settings,
  httpsPort,
  tls,
  clock,
  logger,
  metrics,
}: ListenerContext): ListenerOptions {
  return {
    bindAddress: settings.bindAddress,
    ports: {
      mqtts: settings.mqttsPort,
      amqps: settings.amqpsPort,
      https: httpsPort,
      mqtt: settings.mqttPort,
      amqp: settings.amqpPort,
    },
    tls,
    proxyTrusted: settings.proxyTrusted,
    handshakeTimeoutMs: settings.handshakeTimeoutSeconds * 1000,
    maxConnections: settings.maxConnections,
    connectRate: settings.connectRate,
    clock,
    log: logger,
    metrics,
  };
}

/**
 * The port for HTTPS: that of the settings, or the other one where only the right to bind it is missing.
 * @param unprivileged the other port; without it there is no choice
 */
export async function chooseHttpsPort(settings: Settings, unprivileged: number | undefined): Promise<number> {
  const { httpsPort, bindAddress } = settings;
  if (unprivileged === undefined || !(await lacksRightToBind(httpsPort, bindAddress))) {
    return httpsPort;
  }
  return unprivileged;
}

function lacksRightToBind(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EACCES'));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(false)));
  });
}
