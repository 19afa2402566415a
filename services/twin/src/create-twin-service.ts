import { Outbox } from '@mooring/outbox';
import type { twin } from '@mooring/proto';
import { ConnectionCopies } from './copies/connection-copies.js';
import { CopyIntake } from './copies/copy-intake.js';
import { IdentityCopies } from './copies/identity-copies.js';
import { MessageCounts } from './copies/message-counts.js';
import { Directory } from './directory/directory.js';
import { ChangeChannel } from './events/change-channel.js';
import { DesiredChannel } from './events/desired-channel.js';
import { TwinMetrics } from './metrics.js';
import type { TwinOptions } from './options.js';
import { QueryExecutor } from './query/query-executor.js';
import { queryIndexes } from './query/query-indexes.js';
import { OwnedTwins } from './store/owned-twins.js';
import { RecentTwins } from './store/recent-twins.js';
import { TWIN_INDEXES, TWINS, type TwinRecord } from './store/twin-record.js';
import { TwinWriter } from './store/twin-writer.js';
import { TwinServer } from './twin.service.js';
import { ModelsContract } from './twins/models-contract.js';
import { PropertiesContract } from './twins/properties-contract.js';
import { TwinsContract } from './twins/twins-contract.js';

/** How long a stop waits for events that are on their way. */
const DRAIN_MS = 2_000;

/** The twin service as it runs in a process: the contract, and what goes on beside the calls. */
export interface TwinRuntime {
  readonly service: twin.TwinService;
  /** Tells what earlier processes left untold, and begins to keep copies up to date. */
  start(): Promise<void>;
  /** Ends all that; events that are on their way get a moment. Then the stores may be closed. */
  stop(): Promise<void>;
}

/** Puts the twin service together; nothing runs before `start`. */
export async function createTwinService(options: TwinOptions): Promise<TwinRuntime> {
  const { documents, log, topics, locator, operations, clock, hubName } = options;
  const logger = options.logger.child({ service: 'twin' });
  const indexes = [...TWIN_INDEXES, ...queryIndexes(options.twinIndexes)];
  const collection = await documents.collection<TwinRecord>({ name: TWINS, indexes });
  const twins = new RecentTwins(collection);
  const outbox = new Outbox({
    collection: twins,
    channels: [
      new ChangeChannel({ log, topic: topics.ingress, hubName }),
      new DesiredChannel({ locator, clock, pushed: (outcome, changes) => metrics.pushed(outcome, changes) }),
    ],
    clock,
    logger,
  });
  const writer = new TwinWriter({
    twins,
    clock,
    written: (name, pending) => outbox.tell(name, pending),
    round: (written, refused) => metrics.wrote(written, refused),
  });
  const metrics = new TwinMetrics(options.metrics, { pending: () => outbox.size, waiting: () => writer.size });
  const directory = new Directory(options.directory);
  const owned = new OwnedTwins({ writer, directory, clock });
  const service = new TwinServer({
    twins: new TwinsContract({ collection, owned, directory, operations, clock }),
    properties: new PropertiesContract({ collection, owned, operations, clock, logger, metrics }),
    models: new ModelsContract({ owned, logger }),
    collection,
    queries: new QueryExecutor({
      collection,
      operations,
      clock,
      metrics: options.metrics,
      queryMaxMs: options.queryMaxMs,
    }),
    metrics,
  });
  const identities = new IdentityCopies({ collection, writer, directory, clock });
  return new Running(service, { outbox, intakes: intakesOf(options, identities, owned), clock });
}

function intakesOf(
  { log, topics, monitoring, c2dQueue }: TwinOptions,
  identities: IdentityCopies,
  owned: OwnedTwins,
): readonly CopyIntake[] {
  const topic = topics.changes;
  const connections = new ConnectionCopies({ monitoring, owned });
  const counts = c2dQueue && new MessageCounts({ queue: c2dQueue, owned });
  return [
    new CopyIntake({ log, topic, group: `${topic}.twin`, part: 'identity', copy: (names) => identities.copy(names) }),
    new CopyIntake({
      log,
      topic,
      group: `${topic}.twin-connections`,
      part: 'connection',
      copy: (names) => connections.copy(names),
    }),
    ...(counts === undefined
      ? []
      : [
          new CopyIntake({
            log,
            topic,
            group: `${topic}.twin-queues`,
            part: 'queue',
            copy: (names) => counts.copy(names),
          }),
        ]),
  ];
}

interface RunningParts extends Pick<TwinOptions, 'clock'> {
  readonly outbox: Outbox<TwinRecord>;
  readonly intakes: readonly CopyIntake[];
}

class Running implements TwinRuntime {
  constructor(
    readonly service: twin.TwinService,
    private readonly parts: RunningParts,
  ) {}

  async start(): Promise<void> {
    const { outbox, intakes } = this.parts;
    await outbox.start();
    await Promise.all(intakes.map((intake) => intake.start()));
  }

  async stop(): Promise<void> {
    const { outbox, intakes, clock } = this.parts;
    await Promise.all(intakes.map((intake) => intake.stop()));
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(DRAIN_MS, resolve);
    await Promise.race([outbox.drained(), late]);
    timer.cancel();
    await outbox.stop();
  }
}
