import { until } from '@mooring/test-parts';
import { clientHello, PORT, RawConnection } from '@mooring/test-wire';
import type { Stage } from '../../stage.js';
import { refused } from '../../trials/trial.js';
import { admitted } from '../../wire/mqtt-exchange.js';

const PORTS = Object.values(PORT);
/** Of TLS: what a handshake that fails is answered with at most. */
const LARGEST_ALERT = 7;
const CLOSED_MS = 30_000;
const AT_ONCE = 100;

/** Connects and says nothing, many times, on all ports. */
export async function halfOpen(stage: Stage, count: number): Promise<void> {
  const connections = await openMany(stage, count, async () => undefined);
  await judge(stage, `${count} connections without a handshake`, connections);
}

/** Begins a handshake and stops within it, each at another place. */
export async function halfHandshakes(stage: Stage, count: number): Promise<void> {
  const hello = await clientHello();
  const connections = await openMany(stage, count, async (connection, index) => {
    connection.send(hello.subarray(0, 1 + (index % (hello.length - 1))));
  });
  await judge(stage, `${count} handshakes that stop half-way`, connections);
}

async function openMany(
  { target }: Stage,
  count: number,
  begin: (connection: RawConnection, index: number) => Promise<void>,
): Promise<readonly RawConnection[]> {
  const connections: RawConnection[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const connection = await RawConnection.plain(target, PORTS[index % PORTS.length] ?? PORT.mqtts);
      connections.push(connection);
      await begin(connection, index);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return connections;
}

/** They are closed in time, with nothing served; and who knocks meanwhile is let in. */
async function judge(stage: Stage, what: string, connections: readonly RawConnection[]): Promise<void> {
  const { findings, cast } = stage;
  const start = performance.now();
  // Not one of those that run trials meanwhile: it would take over from itself.
  const attacker = { deviceId: 'a', key: cast.keys.a };
  await admitted({ stage, attacker }).then(
    (connection) => connection.close(),
    (error: unknown) => findings.hang(`a login beside ${what}`, error),
  );
  findings.notes.push(`a login beside ${what} took ${Math.round(performance.now() - start)} ms`);
  await until(() => connections.every(({ closed }) => closed), { what, timeoutMs: CLOSED_MS }).catch(() => undefined);
  for (const connection of connections) {
    if (!connection.closed) {
      findings.hang(what, 'not closed');
    } else if (connection.received.length > LARGEST_ALERT) {
      findings.judge({ what }, { how: `answered with ${connection.received.length} bytes`, refused: false });
    } else {
      findings.judge({ what }, refused('closed'));
    }
    connection.close();
  }
}
