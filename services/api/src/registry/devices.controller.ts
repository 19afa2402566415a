import type { identity } from '@mooring/proto';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Put,
  Query,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../http/access.js';
import { ApiVersionGuard } from '../http/api-version.guard.js';
import { EtagInterceptor, IfMatch, RequiredIfMatch } from '../http/etag.js';
import { BodyPipe, IdentityIdPipe } from '../http/validation.js';
import { IDENTITY_SERVICE } from '../injection-tokens.js';
import {
  type BulkResult,
  bulkOperationFromJson,
  bulkRequestSchema,
  bulkResultToJson,
} from '../mapping/bulk-registry.js';
import { type Device, deviceFromJson, deviceInputSchema, deviceToJson } from '../mapping/device.js';
import { Describe } from '../openapi/describe.js';
import { listOf } from '../openapi/schemas.js';
import { Throttled } from '../throttling/throttled.js';

import { answered, requireSameId } from './identity-answers.js';
import { LiveFields } from './live-fields.js';
import { firstDevices, MAX_LISTED_DEVICES } from './pages.js';
import { TopPipe } from './top.pipe.js';

/** Devices of the registry. */
@ApiTags('Devices')
@ApiQuery({ name: 'api-version', schema: { type: 'string', example: '2021-04-12' } })
@Controller('devices')
@UseGuards(ApiVersionGuard)
@UseInterceptors(EtagInterceptor)
export class DevicesController {
  constructor(
    @Inject(IDENTITY_SERVICE) private readonly registry: identity.IdentityService,
    @Inject(LiveFields) private readonly live: LiveFields,
  ) {}

  @Get()
  @Requires('RegistryRead')
  @Throttled('identity-operations')
  @Describe('Lists devices, ascending by id.', { answer: listOf('Device') })
  @ApiQuery({ name: 'top', required: false, schema: { type: 'integer', minimum: 1, maximum: MAX_LISTED_DEVICES } })
  async list(@Query('top', TopPipe) top: number): Promise<Device[]> {
    return (await this.live.shownIn(await firstDevices(this.registry, top))).map(deviceToJson);
  }

  @Post()
  @HttpCode(200)
  @Requires('RegistryWrite')
  @Throttled('identity-operations')
  @Describe('Creates, updates and deletes up to 100 devices and modules, each by itself.', {
    body: listOf('ExportImportDevice', { minItems: 1, maxItems: 100 }),
    answer: 'BulkRegistryOperationResult',
  })
  async bulk(@Body(new BodyPipe(bulkRequestSchema)) body: z.output<typeof bulkRequestSchema>): Promise<BulkResult> {
    const response = await this.registry.bulkUpdate({ operations: body.map(bulkOperationFromJson) });
    return bulkResultToJson(body, response);
  }

  @Get(':deviceId')
  @Requires('RegistryRead')
  @Throttled('identity-operations')
  @Describe('Reads a device.', { answer: 'Device' })
  async get(@Param('deviceId', IdentityIdPipe) deviceId: string): Promise<Device> {
    const device = answered(await this.registry.getIdentity({ key: { deviceId, moduleId: '' } }));
    return deviceToJson(await this.live.shownInOne(device));
  }

  @Put(':deviceId')
  @Requires('RegistryWrite')
  @Throttled('identity-operations')
  @Describe('Creates a device or, with If-Match, updates one.', { body: 'DeviceInput', answer: 'Device' })
  @ApiHeader({ name: 'If-Match', required: false })
  async put(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @IfMatch() ifMatch: string,
    @Body(new BodyPipe(deviceInputSchema)) body: z.output<typeof deviceInputSchema>,
  ): Promise<Device> {
    requireSameId('deviceId', body.deviceId, deviceId);
    const device = deviceFromJson({ deviceId, moduleId: '' }, body);
    const stored = answered(await this.registry.putIdentity({ identity: device, ifMatch }));
    return deviceToJson(await this.live.shownInOne(stored));
  }

  @Delete(':deviceId')
  @HttpCode(204)
  @Requires('RegistryWrite')
  @Throttled('identity-operations')
  @Describe('Deletes a device and its modules.', {})
  @ApiHeader({ name: 'If-Match', required: true })
  async delete(@Param('deviceId', IdentityIdPipe) deviceId: string, @RequiredIfMatch() ifMatch: string): Promise<void> {
    await this.registry.deleteIdentity({ key: { deviceId, moduleId: '' }, ifMatch });
  }
}
