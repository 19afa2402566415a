import { DeviceConnection, type DeviceCredentials, loginPacket, registerDevices } from '@mooring/test-fleet';
import { type Cluster, until } from '@mooring/test-parts';
import { median, quantile } from '../measure/statistics.js';
import type { Plan } from '../plan.js';
import { printFigures } from '../report.js';
import { onTwoEdges } from '../targets/edge.js';

/** Milliseconds from the CONNECT of the second connection. */
interface Times {
  readonly toConnack: readonly number[];
  readonly toClose: readonly number[];
}

/** How long it takes that a device which connects to another edge is served there, and closed where it was. */
export async function takeOver(plan: Plan): Promise<void> {
  const runs = await onTwoEdges(async (cluster) => {
    const ids = Array.from({ length: plan.trials }, (_, index) => `bench-${index}`);
    const devices = await registerDevices(cluster, ids);
    const all: Times[] = [];
    for (let run = 0; run < plan.runs; run++) {
      all.push(await takeOverEach(cluster, devices));
    }
    return all;
  });
  const figure = (pick: (times: Times) => readonly number[], share: number): string =>
    `${median(runs.map((run) => quantile(pick(run), share))).toFixed(1)} ms`;
  printFigures(
    `Take-over across two edges; median of ${plan.runs} runs of ${plan.trials} trials`,
    {
      'to the close of the first, p50': figure((run) => run.toClose, 0.5),
      'to the close of the first, p99': figure((run) => run.toClose, 0.99),
      'to CONNACK of the second, p50': figure((run) => run.toConnack, 0.5),
      'to CONNACK of the second, p99': figure((run) => run.toConnack, 0.99),
    },
    'From the CONNECT of the second connection, as the device sees it.',
  );
}

async function takeOverEach(cluster: Cluster, devices: readonly DeviceCredentials[]): Promise<Times> {
  const toConnack: number[] = [];
  const toClose: number[] = [];
  for (const [index, device] of devices.entries()) {
    const from = cluster.edges[index % 2];
    const to = cluster.edges[(index + 1) % 2];
    if (from === undefined || to === undefined) {
      throw new Error('a take-over needs two edges');
    }
    const first = await connectTo(cluster, from.address, device);
    const second = await connectTo(cluster, to.address, device);
    await until(() => first.closedAt, { what: 'the first connection to be closed', timeoutMs: 20_000, everyMs: 1 });
    const start = second.loggedInAt ?? Number.NaN;
    toConnack.push((second.acceptedAt ?? Number.NaN) - start);
    toClose.push((first.closedAt ?? Number.NaN) - start);
    second.destroy();
    await second.closed;
  }
  return { toConnack, toClose };
}

/** Resolves with an accepted connection. */
export async function connectTo(
  cluster: Cluster,
  address: string,
  { deviceId, key }: DeviceCredentials,
): Promise<DeviceConnection> {
  const { host, ca } = cluster;
  return new Promise((resolve, reject) => {
    const connection = new DeviceConnection({
      address,
      hubName: host,
      ca,
      login: loginPacket({ host, deviceId, key }),
      onAccepted: () => resolve(connection),
    });
    void connection.closed.then(() => reject(new Error(`${deviceId} was refused: ${connection.refusal}`)));
  });
}
