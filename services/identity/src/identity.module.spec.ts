import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { SystemClock } from '@mooring/clock';
import { hubTopics } from '@mooring/messages';
import { createLogger, createMetrics } from '@mooring/observability';
import type { identity } from '@mooring/proto';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DIRECTORY_SERVICE, IDENTITY_SERVICE, IdentityModule } from './identity.module.js';
import { IdentityFixture, until } from './testing/identity-fixture.js';

describe('IdentityModule', () => {
  it('gives its contracts, makes policies and beats once started, and leaves stores that can be closed', async () => {
    const fixture = await IdentityFixture.open();
    const identityModule = IdentityModule.register({
      documents: fixture.documents,
      log: fixture.log,
      topics: hubTopics('mooring', 4, 3_600_000),
      clock: new SystemClock(),
      logger: createLogger('test', 'silent'),
      metrics: createMetrics(),
      hubName: 'hub',
      sealKey: Buffer.alloc(32, 7),
      declared: { sharedAccessPolicies: [], certificates: [] },
    });
    class Hub {}
    Module({ imports: [identityModule] })(Hub);
    const application = await NestFactory.createApplicationContext(Hub, { logger: false });
    const service = application.get<identity.IdentityService>(IDENTITY_SERVICE);
    expect((await service.listPolicies({})).policies).toHaveLength(5);
    const directory = application.get<identity.DirectoryService>(DIRECTORY_SERVICE);
    expect(await directory.describeIdentities({ keys: [] })).toEqual({ descriptions: [] });
    await until(() => fixture.beats > 0);
    await application.close();
    await fixture.close();
  });
});
