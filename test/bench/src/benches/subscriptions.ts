import { setTimeout as pause } from 'node:timers/promises';
import { DeviceConnection, loginPacket, registerDevices } from '@mooring/test-fleet';
import { residentKiB } from '../measure/process-usage.js';
import { median } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { type BidirectionalTarget, onBothKinds } from '../targets/bidirectional.js';

const DEVICES = 2_000;
const SETTLE_MS = 3_000;
const WARM_UP = 200;

/** What it costs an edge that a silent device is subscribed to everything. */
export async function subscriptions(plan: Plan): Promise<void> {
  await onBothKinds((target) => measure(target, plan));
}

async function measure(target: BidirectionalTarget, plan: Plan): Promise<void> {
  const { hub, edges } = target;
  const ids = Array.from({ length: DEVICES }, (_, index) => `bench-${index}`);
  const credentials = await registerDevices(hub, ids);
  const address = edges[0]?.address ?? hub.host;
  const pid = target.pidOf('edge');
  const connect = (index: number): Promise<DeviceConnection> =>
    new Promise((resolve, reject) => {
      const one = credentials[index] ?? { deviceId: '', key: '' };
      const connection: DeviceConnection = new DeviceConnection({
        address,
        hubName: hub.host,
        ca: hub.ca,
        login: { ...loginPacket({ host: hub.host, ...one }), clean: true },
        onAccepted: () => resolve(connection),
        onPacket: () => undefined,
      });
      void connection.closed.then(() => reject(new Error(`${one.deviceId} was refused`)));
    });
  const connectAll = async (count: number): Promise<DeviceConnection[]> => {
    const made: DeviceConnection[] = [];
    for (let index = 0; index < count; index++) {
      made.push(await connect(index));
    }
    return made;
  };
  const growths: number[] = [];
  for (const connection of await connectAll(WARM_UP)) {
    subscribe(connection, 'bench-0');
    connection.destroy();
  }
  for (let run = 0; run < plan.runs; run++) {
    const connections = await connectAll(DEVICES);
    await pause(SETTLE_MS);
    const before = residentKiB(pid);
    for (const [index, connection] of connections.entries()) {
      subscribe(connection, `bench-${index}`);
    }
    await pause(SETTLE_MS);
    growths.push((residentKiB(pid) - before) / DEVICES);
    for (const connection of connections) {
      connection.destroy();
    }
    await Promise.all(connections.map(({ closed }) => closed));
  }
  printFigures(
    `All subscriptions of ${DEVICES} silent devices, ${target.name}; median of ${plan.runs} runs`,
    { 'growth of the edge for each device': `${median(growths).toFixed(2)} KiB` },
    'Growth of VmRSS from all connected to all subscribed to messages, methods, twin answers and desired changes.',
  );
}

function subscribe(connection: DeviceConnection, deviceId: string): void {
  const filters = [
    `devices/${deviceId}/messages/devicebound/#`,
    '$iothub/twin/res/#',
    '$iothub/twin/PATCH/properties/desired/#',
    '$iothub/methods/POST/#',
  ];
  const wanted = filters.map((topic) => ({ topic, qos: 1 as const }));
  connection.send({ cmd: 'subscribe', messageId: 1, subscriptions: wanted });
}
