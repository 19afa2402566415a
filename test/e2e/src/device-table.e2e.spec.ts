import { afterAll, beforeAll } from '@jest/globals';
import type { Client, ModuleClient } from 'azure-iot-device';
import { AUTHENTICATIONS } from './device-table/authentications.js';
import { closeBench, openBench, type TableBench } from './device-table/bench.js';
import { FEATURES } from './device-table/features/index.js';
import { whyNot } from './device-table/rules.js';
import { TRANSPORTS } from './device-table/transports.js';
import { cellTests } from './support/cells.js';
import { onEveryHub } from './support/stores.js';

/** Each feature over each transport of the npm SDK with each way to be let in, but where `rules.ts` says why not. */
onEveryHub('devices', (start) => {
  let bench: TableBench;
  beforeAll(async () => {
    bench = await openBench(await start());
  });
  afterAll(() => bench && closeBench(bench));

  const every = FEATURES.flatMap((feature) =>
    TRANSPORTS.flatMap((transport) =>
      AUTHENTICATIONS.map((authentication) => ({ feature, transport, authentication })),
    ),
  );
  cellTests(
    every
      .filter((cell) => whyNot(cell) === undefined)
      .map(({ feature, transport, authentication }, index) => ({
        name: `over ${transport.name} by ${authentication.name}: ${feature.name}`,
        run: async () => {
          const clients: (Client | ModuleClient)[] = [];
          const closing = <C extends Client | ModuleClient>(client: C): C => {
            clients.push(client);
            return client;
          };
          try {
            await feature.prove({ bench, transport, authentication, deviceId: `cell-${index}`, closing });
          } finally {
            await Promise.all(clients.map((client) => client.close()));
          }
        },
      })),
  );
});
