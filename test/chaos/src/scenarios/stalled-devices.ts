import { setTimeout as pause } from 'node:timers/promises';
import { ListeningDevice, registerDevices, ServiceClient } from '@mooring/test-fleet';
import { type Cluster, until } from '@mooring/test-parts';
import { residentMiB } from '../harness/process-usage.js';
import type { Scenario } from '../scenario.js';
import { closedSince } from '../support/since.js';
import { StalledDevice } from '../support/stalled-device.js';

const MESSAGES = 500;
const STALLED = 10;
const STALLED_MS = 30_000;
/** To each of them; a queue holds no more. */
const SENT = 50;
const LARGE = 'y'.repeat(60_000);
/** What all of them together may cost an edge: far less than what waits for them. */
const MOST_GROWTH_MIB = 96;
const TIMEOUT_MS = 30_000;

export const STALLED_DEVICES: Scenario = {
  name: 'stalled-devices',
  promise: 'devices that stop reading cost nobody else anything, and what waits for them is there when they read again',
  run: async ({ cluster, fleet, note }) => {
    const ids = Array.from({ length: STALLED }, (_, index) => `stalled-${index}`);
    const credentials = await registerDevices(cluster, ids);
    await fleet.progress(MESSAGES);
    const [edge] = cluster.edges;
    const address = edge?.address ?? cluster.host;
    const before = edge?.pid === undefined ? 0 : residentMiB(edge.pid);
    const start = performance.now();
    const stalled = credentials.map((one) => new StalledDevice(cluster, address, one));
    await until(() => stalled.every((device) => device.isSubscribed), { what: 'subscriptions', timeoutMs: TIMEOUT_MS });
    note(`${STALLED} devices stop reading`);
    const accepted = await sendToAll(cluster, ids);
    await fleet.allServed();
    await pause(STALLED_MS - (performance.now() - start));
    const growth = (edge?.pid === undefined ? 0 : residentMiB(edge.pid)) - before;
    const backMs = await fleet.allServed();
    const lost = fleet.holders.filter((device) => closedSince(device, start));
    note('they read on');
    for (const device of stalled) {
      device.readOn();
    }
    const isOver = () => stalled.every((device) => device.isAnswered || device.isClosed);
    const broken: string[] = [];
    await until(isOver, { what: 'what they sent to be answered', timeoutMs: TIMEOUT_MS }).catch(() =>
      broken.push(`${stalled.filter((device) => !device.isAnswered && !device.isClosed).length} hang`),
    );
    for (const device of stalled) {
      device.close();
    }
    for (const [index, one] of credentials.entries()) {
      const received = await receive(cluster, one, accepted[index] ?? 0);
      if (received !== accepted[index]) {
        broken.push(`${one.deviceId} got ${received} of ${accepted[index]} messages`);
      }
    }
    if (lost.length > 0) {
      broken.push(`${lost.length} connections of others ended`);
    }
    if (growth > MOST_GROWTH_MIB) {
      broken.push(`the edge grew by ${Math.round(growth)} MiB`);
    }
    return { injected: `${STALLED} devices read nothing for ${STALLED_MS / 1000} s`, backMs, broken };
  },
};

/** @returns how many were accepted for each */
async function sendToAll(cluster: Cluster, deviceIds: readonly string[]): Promise<readonly number[]> {
  const client = new ServiceClient(cluster);
  const sendTo = async (deviceId: string): Promise<number> => {
    let accepted = 0;
    for (let count = 0; count < SENT; count++) {
      const path = `/devices/${deviceId}/messages/deviceBound`;
      const { status } = await client.ask({ method: 'POST', path, body: LARGE });
      accepted += status === 204 ? 1 : 0;
    }
    return accepted;
  };
  try {
    return await Promise.all(deviceIds.map(sendTo));
  } finally {
    client.close();
  }
}

/** Has a device take all its messages. @returns how many different ones came */
async function receive(
  cluster: Cluster,
  credentials: Parameters<typeof ListeningDevice.connect>[0]['credentials'],
  expected: number,
): Promise<number> {
  let received = 0;
  const device = await ListeningDevice.connect({ hub: cluster, credentials, onMessage: () => received++ });
  try {
    await until(() => received >= expected, { what: 'all messages', timeoutMs: TIMEOUT_MS }).catch(() => undefined);
    return received;
  } finally {
    device.destroy();
  }
}
