import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { HubPart } from '@mooring/test-parts';
import type { DeviceLogin } from '../load/packets.js';
import type { Target } from './kinds.js';

/**
 * A server of the bench's own in a process of its own, with a hub's certificate so that TLS costs the same.
 * @param module its compiled file; it sends the port that it listens on
 */
export async function startForkedServer(module: URL, certificateOf: HubPart): Promise<Target> {
  const child: ChildProcess = fork(module, [
    `${certificateOf.data}/server.pem`,
    `${certificateOf.data}/server-key.pem`,
  ]);
  const [port] = (await once(child, 'message')) as [number];
  if (child.pid === undefined) {
    throw new Error(`${module.pathname} could not be started`);
  }
  return {
    address: { host: '127.0.0.1', port, ca: readFileSync(certificateOf.caFile, 'utf8') },
    pid: child.pid,
    devices: async (count) => Array.from({ length: count }, (_, index) => anonymousLogin(index)),
    close: async () => {
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
}

/** As long as an Azure login, but nobody checks it. */
function anonymousLogin(index: number): DeviceLogin {
  const clientId = `bench-${index}`;
  return { clientId, userName: `127.0.0.1/${clientId}/?api-version=2021-04-12`, password: 'x'.repeat(150) };
}
