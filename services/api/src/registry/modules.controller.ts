import type { identity } from '@mooring/proto';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Put,
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
import { type Module, moduleFromJson, moduleInputSchema, moduleToJson } from '../mapping/module.js';
import { Describe } from '../openapi/describe.js';
import { listOf } from '../openapi/schemas.js';
import { Throttled } from '../throttling/throttled.js';

import { answered, requireSameId } from './identity-answers.js';
import { LiveFields } from './live-fields.js';

/** Modules of a device. */
@ApiTags('Modules')
@ApiQuery({ name: 'api-version', schema: { type: 'string', example: '2021-04-12' } })
@Controller('devices/:deviceId/modules')
@UseGuards(ApiVersionGuard)
@UseInterceptors(EtagInterceptor)
export class ModulesController {
  constructor(
    @Inject(IDENTITY_SERVICE) private readonly registry: identity.IdentityService,
    @Inject(LiveFields) private readonly live: LiveFields,
  ) {}

  @Get()
  @Requires('RegistryRead')
  @Throttled('identity-operations')
  @Describe('Lists the modules of a device.', { answer: listOf('Module') })
  async list(@Param('deviceId', IdentityIdPipe) deviceId: string): Promise<Module[]> {
    const { modules } = await this.registry.listModules({ deviceId });
    return (await this.live.shownIn(modules)).map(moduleToJson);
  }

  @Get(':moduleId')
  @Requires('RegistryRead')
  @Throttled('identity-operations')
  @Describe('Reads a module.', { answer: 'Module' })
  async get(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
  ): Promise<Module> {
    const module = answered(await this.registry.getIdentity({ key: { deviceId, moduleId } }));
    return moduleToJson(await this.live.shownInOne(module));
  }

  @Put(':moduleId')
  @Requires('RegistryWrite')
  @Throttled('identity-operations')
  @Describe('Creates a module or, with If-Match, updates one.', { body: 'ModuleInput', answer: 'Module' })
  @ApiHeader({ name: 'If-Match', required: false })
  async put(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
    @IfMatch() ifMatch: string,
    @Body(new BodyPipe(moduleInputSchema)) body: z.output<typeof moduleInputSchema>,
  ): Promise<Module> {
    requireSameId('deviceId', body.deviceId, deviceId);
    requireSameId('moduleId', body.moduleId, moduleId);
    const module = moduleFromJson({ deviceId, moduleId }, body);
    const stored = answered(await this.registry.putIdentity({ identity: module, ifMatch }));
    return moduleToJson(await this.live.shownInOne(stored));
  }

  @Delete(':moduleId')
  @HttpCode(204)
  @Requires('RegistryWrite')
  @Throttled('identity-operations')
  @Describe('Deletes a module.', {})
  @ApiHeader({ name: 'If-Match', required: true })
  async delete(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
    @RequiredIfMatch() ifMatch: string,
  ): Promise<void> {
    await this.registry.deleteIdentity({ key: { deviceId, moduleId }, ifMatch });
  }
}
