import 'reflect-metadata';
import { it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import type { monitoring } from '@mooring/proto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MONITORING_SERVICE, MonitoringModule } from './monitoring.module.js';
import { MonitoringFixture } from './testing/monitoring-fixture.js';
import { report } from './testing/requests.js';

it('gives the contract, consumes once started, and leaves stores that can be closed', async () => {
  const fixture = await MonitoringFixture.open();
  const { documents, log, affinity } = fixture.ports;
  const monitoringModule = MonitoringModule.register({
    documents,
    log,
    affinity,
    topics: fixture.topics,
    clock: new SystemClock(),
    logger: createLogger('test', 'silent'),
    metrics: createMetrics(),
    hubName: 'hub',
    operationsRetentionMs: 3_600_000,
    operationsMaxRecords: 1_000,
  });
  class Hub {}
  Module({ imports: [monitoringModule] })(Hub);
  const application = await NestFactory.createApplicationContext(Hub, { logger: false });
  const service = application.get<monitoring.MonitoringService>(MONITORING_SERVICE);
  await report(service, 'e:i', { id: 'd', epoch: 1 });
  await fixture.until(() => fixture.operationsOf('d').length === 1);
  await application.close();
  await fixture.close();
});
