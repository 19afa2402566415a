import type { identity, monitoring } from '@mooring/proto';
import { Controller, Get, Inject, UseGuards } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { Requires } from '../http/access.js';
import { ApiVersionGuard } from '../http/api-version.guard.js';
import { IDENTITY_SERVICE, MONITORING_SERVICE } from '../injection-tokens.js';
import type { RegistryStatistics, ServiceStatistics } from '../mapping/statistics.js';
import { Describe } from '../openapi/describe.js';

@ApiTags('Statistics')
@ApiQuery({ name: 'api-version', schema: { type: 'string', example: '2021-04-12' } })
@Controller('statistics')
@UseGuards(ApiVersionGuard)
export class StatisticsController {
  constructor(
    @Inject(IDENTITY_SERVICE) private readonly registry: identity.IdentityService,
    @Inject(MONITORING_SERVICE) private readonly monitored: monitoring.MonitoringService,
  ) {}

  @Get('devices')
  @Requires('RegistryRead')
  @Describe('Counts the devices of the registry.', { answer: 'RegistryStatistics' })
  devices(): Promise<RegistryStatistics> {
    return this.registry.getStatistics({});
  }

  @Get('service')
  @Requires('ServiceConnect')
  @Describe('Counts the devices that are connected.', { answer: 'ServiceStatistics' })
  service(): Promise<ServiceStatistics> {
    return this.monitored.countConnected({});
  }
}
