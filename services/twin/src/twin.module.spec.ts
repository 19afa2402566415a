import 'reflect-metadata';
import { expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import type { twin } from '@mooring/proto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getTwin, update } from './testing/requests.js';
import { TwinFixture } from './testing/twin-fixture.js';
import { TWIN_SERVICE, TwinModule } from './twin.module.js';

const DIRECTORY = Symbol('directory');
const MONITORING = Symbol('monitoring');
const QUEUE = Symbol('queue');

it('gives the contract, works beside the calls once started, and leaves stores that can be closed', async () => {
  const fixture = await TwinFixture.open();
  fixture.directory.register('d');
  class Neighbours {}
  Module({
    providers: [
      { provide: DIRECTORY, useValue: fixture.directory },
      { provide: MONITORING, useValue: fixture.monitoring },
      { provide: QUEUE, useValue: { count: async () => ({ counts: [7] }) } },
    ],
    exports: [DIRECTORY, MONITORING, QUEUE],
  })(Neighbours);
  const twinModule = TwinModule.register({
    imports: [Neighbours],
    directory: DIRECTORY,
    monitoring: MONITORING,
    c2dQueue: QUEUE,
    documents: fixture.ports.documents,
    log: fixture.ports.log,
    topics: fixture.topics,
    locator: fixture.locator,
    operations: { record: () => undefined },
    clock: new SystemClock(),
    logger: createLogger('test', 'silent'),
    metrics: createMetrics(),
    hubName: 'hub',
    twinIndexes: [],
    queryMaxMs: 10_000,
  });
  class Hub {}
  Module({ imports: [twinModule] })(Hub);
  const application = await NestFactory.createApplicationContext(Hub, { logger: false });
  const service = application.get<twin.TwinService>(TWIN_SERVICE);
  await update(service, 'd', { tags: { a: 1 } });
  await fixture.notify('queue', 'd');
  await fixture.until(async () => (await getTwin(service, 'd'))['cloudToDeviceMessageCount'] === 7);
  await fixture.until(() => fixture.bodiesOf('d').length === 1);
  const { items } = await service.queryTwins({ query: 'SELECT * FROM devices', pageSize: 0, continuation: '' });
  expect(items).toHaveLength(1);
  await application.close();
  await fixture.close();
});
