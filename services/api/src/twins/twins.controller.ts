import type { identity, twin } from '@mooring/proto';
import { Controller, Get, Inject, Param, Patch, Put, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import { Requires } from '../http/access.js';
import { ApiVersionGuard } from '../http/api-version.guard.js';
import { JsonBytes } from '../http/body-bytes.js';
import { IfMatch } from '../http/etag.js';
import { type RawAnswer, RawAnswerInterceptor } from '../http/raw-answer.js';
import { routeConfig } from '../http/route-config.js';
import { IdentityIdPipe } from '../http/validation.js';
import { TWIN_SERVICE } from '../injection-tokens.js';
import { Describe } from '../openapi/describe.js';
import { Throttled } from '../throttling/throttled.js';

interface Update {
  readonly ifMatch: string;
  readonly json: Buffer;
  readonly replace: boolean;
}

/** Twins of devices and modules. They pass as they are: the twin service reads and writes them. */
@ApiTags('Twins')
@ApiQuery({ name: 'api-version', schema: { type: 'string', example: '2021-04-12' } })
@Controller('twins/:deviceId')
@UseGuards(ApiVersionGuard)
@UseInterceptors(RawAnswerInterceptor)
export class TwinsController {
  constructor(@Inject(TWIN_SERVICE) private readonly twins: twin.TwinService) {}

  @Get()
  @Requires('ServiceConnect')
  @Throttled('twin-reads')
  @Describe("Reads a device's twin.", { answer: 'Twin' })
  getOfDevice(@Param('deviceId', IdentityIdPipe) deviceId: string): Promise<RawAnswer> {
    return this.get({ deviceId, moduleId: '' });
  }

  @Get('modules/:moduleId')
  @Requires('ServiceConnect')
  @Throttled('twin-reads')
  @Describe("Reads a module's twin.", { answer: 'Twin' })
  getOfModule(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
  ): Promise<RawAnswer> {
    return this.get({ deviceId, moduleId });
  }

  @Patch()
  @Requires('ServiceConnect')
  @Throttled('twin-updates')
  @routeConfig({ body: 'jsonBytes' })
  @Describe("Merges tags and desired properties into a device's twin.", { body: 'TwinInput', answer: 'Twin' })
  @ApiHeader({ name: 'If-Match', required: false })
  mergeOfDevice(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @IfMatch() ifMatch: string,
    @JsonBytes() json: Buffer,
  ): Promise<RawAnswer> {
    return this.update({ deviceId, moduleId: '' }, { ifMatch, json, replace: false });
  }

  @Patch('modules/:moduleId')
  @Requires('ServiceConnect')
  @Throttled('twin-updates')
  @routeConfig({ body: 'jsonBytes' })
  @Describe("Merges tags and desired properties into a module's twin.", { body: 'TwinInput', answer: 'Twin' })
  @ApiHeader({ name: 'If-Match', required: false })
  mergeOfModule(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
    @IfMatch() ifMatch: string,
    @JsonBytes() json: Buffer,
  ): Promise<RawAnswer> {
    return this.update({ deviceId, moduleId }, { ifMatch, json, replace: false });
  }

  @Put()
  @Requires('ServiceConnect')
  @Throttled('twin-updates')
  @routeConfig({ body: 'jsonBytes' })
  @Describe("Replaces tags and desired properties of a device's twin.", { body: 'TwinInput', answer: 'Twin' })
  @ApiHeader({ name: 'If-Match', required: false })
  replaceOfDevice(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @IfMatch() ifMatch: string,
    @JsonBytes() json: Buffer,
  ): Promise<RawAnswer> {
    return this.update({ deviceId, moduleId: '' }, { ifMatch, json, replace: true });
  }

  @Put('modules/:moduleId')
  @Requires('ServiceConnect')
  @Throttled('twin-updates')
  @routeConfig({ body: 'jsonBytes' })
  @Describe("Replaces tags and desired properties of a module's twin.", { body: 'TwinInput', answer: 'Twin' })
  @ApiHeader({ name: 'If-Match', required: false })
  replaceOfModule(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
    @IfMatch() ifMatch: string,
    @JsonBytes() json: Buffer,
  ): Promise<RawAnswer> {
    return this.update({ deviceId, moduleId }, { ifMatch, json, replace: true });
  }

  private async get(key: identity.IdentityKey): Promise<RawAnswer> {
    return answer(await this.twins.getTwin({ key }));
  }

  private async update(key: identity.IdentityKey, update: Update): Promise<RawAnswer> {
    return answer(await this.twins.updateTwin({ key, ...update }));
  }
}

function answer({ json, etag }: twin.GetTwinResponse | twin.UpdateTwinResponse): RawAnswer {
  return { json, headers: { ETag: `"${etag}"` } };
}
