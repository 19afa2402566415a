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
/**
 * What all of them together may cost an edge: the young generation that large messages fill, and for each of them its window of
 * publishes and its queue of messages. Once that is there, nothing more.
 */
const MOST_GROWTH_MIB = 192;
const MOST_LATER_GROWTH_MIB = 32;
const FULL_MS = 10_000;
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
    const resident = () => (edge?.pid === undefined ? 0 : residentMiB(edge.pid));
    const before = resident();
    const start = performance.now();
    const stalled = credentials.map((one) => new StalledDevice(cluster, address, one));
    await until(() => stalled.every((device) => device.isSubscribed), { what: 'subscriptions', timeoutMs: TIMEOUT_MS });
    note(`${STALLED} devices stop reading`);
    const accepted = await sendToAll(cluster, ids);
    await fleet.allServed();
    await pause(FULL_MS - (performance.now() - start));
    const full = resident();
    await pause(STALLED_MS - FULL_MS);
    const [growth, later] = [resident() - before, resident() - full];
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
    note(`the edge grew by ${Math.round(growth)} MiB, ${Math.round(later)} of them in the end`);
    if (growth > MOST_GROWTH_MIB || later > MOST_LATER_GROWTH_MIB) {
      broken.push(`the edge grew by ${Math.round(growth)} MiB, ${Math.round(later)} of them in the end`);
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
