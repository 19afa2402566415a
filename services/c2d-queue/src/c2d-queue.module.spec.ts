import 'reflect-metadata';
import { expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import type { c2dqueue } from '@mooring/proto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { C2D_QUEUE_SERVICE, C2dQueueModule } from './c2d-queue.module.js';
import { C2dQueueFixture, SETTINGS } from './testing/c2d-queue-fixture.js';
import { enqueue, idsOf, receive } from './testing/requests.js';

const DIRECTORY = Symbol('DirectoryService');

it('gives the contract, and leaves stores that can be closed', async () => {
  const fixture = await C2dQueueFixture.open();
  fixture.directory.add('d');
  const { documents, log } = fixture.ports;
  const directory = { provide: DIRECTORY, useValue: fixture.directory };
  const c2dQueueModule = C2dQueueModule.register({
    documents,
    log,
    topics: fixture.topics,
    directory: DIRECTORY,
    imports: [{ module: class Directory {}, providers: [directory], exports: [DIRECTORY] }],
    locator: fixture.edges,
    operations: { record: () => undefined },
    clock: new SystemClock(),
    logger: createLogger('test', 'silent'),
    metrics: createMetrics(),
    settings: SETTINGS,
  });
  class Hub {}
  Module({ imports: [c2dQueueModule] })(Hub);
  const application = await NestFactory.createApplicationContext(Hub, { logger: false });
  const service = application.get<c2dqueue.C2dQueueService>(C2D_QUEUE_SERVICE);
  await enqueue(service, 'd', { messageId: 'm' });
  expect(idsOf(await receive(service, { name: 'd', epoch: 1 }))).toEqual(['m']);
  await fixture.until(() => fixture.notices.length === 1);
  await application.close();
  await fixture.close();
});
