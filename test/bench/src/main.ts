/** What Mooring costs beside the floor of the platform, and how fast its processes agree: `npm run bench`. */
import { amqp } from './benches/amqp.js';
import { cloudToDevice } from './benches/cloud-to-device.js';
import { eventHubs } from './benches/event-hubs.js';
import { idleRedis } from './benches/idle-redis.js';
import { method } from './benches/method.js';
import { noisyNeighbour } from './benches/noisy-neighbour.js';
import { revocation } from './benches/revocation.js';
import { routing } from './benches/routing.js';
import { subscriptions } from './benches/subscriptions.js';
import { takeOver } from './benches/take-over.js';
import { throughputAndIdle } from './benches/throughput-and-idle.js';
import { twin } from './benches/twin.js';
import { twoEdges } from './benches/two-edges.js';
import { type Plan, readPlan, USAGE } from './plan.js';

const BENCHES: Readonly<Record<string, (plan: Plan) => Promise<void>>> = {
  edge: (plan) => throughputAndIdle({ ...plan, targets: ['bare', 'edge'], idleDevices: 0 }),
  takeover: takeOver,
  revocation,
  'idle-redis': idleRedis,
  'two-edges': twoEdges,
  twin,
  method,
  c2d: cloudToDevice,
  subscriptions,
  routing,
  'event-hubs': eventHubs,
  amqp,
  'noisy-neighbour': noisyNeighbour,
};

async function bench(plan: Plan): Promise<void> {
  const benches = plan.benches.map((name) => {
    const one = BENCHES[name];
    if (one === undefined) {
      throw new Error(`no such bench: ${name}; there are ${Object.keys(BENCHES).join(', ')}`);
    }
    return one;
  });
  for (const one of benches.length === 0 ? [throughputAndIdle] : benches) {
    await one(plan);
  }
}

const args = process.argv.slice(2);
if (args.includes('--help')) {
  process.stdout.write(USAGE);
} else {
  await bench(readPlan(args));
}
