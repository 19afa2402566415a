import type { monitoring } from '@mooring/proto';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { RequiresOwner } from '../http/access.js';
import { QueryPipe } from '../http/validation.js';
import { MONITORING_SERVICE } from '../injection-tokens.js';
import {
  MAX_LISTED_OPERATIONS,
  type OperationPage,
  operationPageToJson,
  operationQueryFrom,
  operationQuerySchema,
} from '../mapping/operation.js';
import { Describe } from '../openapi/describe.js';

const TIME = { type: 'string', format: 'date-time' } as const;

/** What has happened: operation records. */
@ApiTags('Management')
@Controller('management/operations')
export class OperationsController {
  constructor(@Inject(MONITORING_SERVICE) private readonly monitored: monitoring.MonitoringService) {}

  @Get()
  @RequiresOwner()
  @Describe('Lists operation records, the newest first.', { answer: 'OperationPage' })
  @ApiQuery({ name: 'deviceId', required: false, schema: { type: 'string' } })
  @ApiQuery({ name: 'category', required: false, schema: { type: 'string', example: 'Connections' } })
  @ApiQuery({ name: 'from', required: false, schema: TIME, description: 'From this time on.' })
  @ApiQuery({ name: 'until', required: false, schema: TIME, description: 'Before this time.' })
  @ApiQuery({ name: 'top', required: false, schema: { type: 'integer', minimum: 1, maximum: MAX_LISTED_OPERATIONS } })
  @ApiQuery({ name: 'continuation', required: false, schema: { type: 'string' }, description: 'Of the page before.' })
  async list(
    @Query(new QueryPipe(operationQuerySchema)) query: z.output<typeof operationQuerySchema>,
  ): Promise<OperationPage> {
    return operationPageToJson(await this.monitored.listOperations(operationQueryFrom(query)));
  }
}
