import { ConfigurationError, environmentName, type Settings } from '@mooring/config';
import type { Lifecycle } from '../composition/lifecycle.js';
import { AdminServer, type AdminServerOptions } from './admin-server.js';

export interface AdminContext extends AdminServerOptions {
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
}

/**
 * Serves health and metrics from the first moment of a process to its last, so that a slow start is told from a dead one.
 * @returns the port
 * @throws ConfigurationError naming the setting, if the port cannot be bound
 */
export async function listenForAdmin(context: AdminContext): Promise<number> {
  const { settings, lifecycle } = context;
  const server = new AdminServer(context);
  try {
    const port = await server.listen(settings.adminPort, settings.adminAddress);
    lifecycle.onStop(() => server.close());
    return port;
  } catch (error) {
    throw new ConfigurationError(
      `Cannot listen on port ${settings.adminPort} for health and metrics: ${(error as Error).message}. Set ${environmentName('adminPort')} to another port.`,
      { cause: error },
    );
  }
}
