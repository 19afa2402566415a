import type { c2dqueue, identity } from '@mooring/proto';
import { Controller, Delete, HttpCode, Inject, Param, Post, Req, UseGuards } from '@nestjs/common';
import { ApiConsumes, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Requires } from '../http/access.js';
import { ApiVersionGuard } from '../http/api-version.guard.js';
import { BodyBytes } from '../http/body-bytes.js';
import { routeConfig } from '../http/route-config.js';
import { IdentityIdPipe } from '../http/validation.js';
import { C2D_QUEUE_SERVICE } from '../injection-tokens.js';
import { c2dMessageFrom } from '../mapping/c2d-message.js';
import { type PurgeResult, purgeResultToJson } from '../mapping/purge.js';
import { Describe } from '../openapi/describe.js';
import { BYTES } from '../openapi/schemas.js';
import { Throttled } from '../throttling/throttled.js';

const SENDS = 'with properties in headers iothub-… and iothub-app-…';

/** Cloud-to-device messages. */
@ApiTags('Messages')
@ApiQuery({ name: 'api-version', schema: { type: 'string', example: '2021-04-12' } })
@Controller('devices/:deviceId')
@UseGuards(ApiVersionGuard)
export class DeviceMessagesController {
  constructor(@Inject(C2D_QUEUE_SERVICE) private readonly queues: c2dqueue.C2dQueueService) {}

  @Post('messages/deviceBound')
  @HttpCode(204)
  @Requires('ServiceConnect')
  @Throttled('c2d-sends')
  @routeConfig({ body: 'bytes' })
  @ApiConsumes('application/octet-stream')
  @Describe(`Sends a message to a device, ${SENDS}.`, { body: BYTES })
  sendToDevice(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Req() request: FastifyRequest,
    @BodyBytes() body: Buffer,
  ): Promise<void> {
    return this.send({ deviceId, moduleId: '' }, request, body);
  }

  @Post('modules/:moduleId/messages/deviceBound')
  @HttpCode(204)
  @Requires('ServiceConnect')
  @Throttled('c2d-sends')
  @routeConfig({ body: 'bytes' })
  @ApiConsumes('application/octet-stream')
  @Describe(`Sends a message to a module, ${SENDS}.`, { body: BYTES })
  sendToModule(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
    @Req() request: FastifyRequest,
    @BodyBytes() body: Buffer,
  ): Promise<void> {
    return this.send({ deviceId, moduleId }, request, body);
  }

  @Delete('commands')
  @Requires('ServiceConnect')
  @Describe("Drops all messages of a device's queue that nobody holds.", { answer: 'PurgeMessageQueueResult' })
  purgeOfDevice(@Param('deviceId', IdentityIdPipe) deviceId: string): Promise<PurgeResult> {
    return this.purge({ deviceId, moduleId: '' });
  }

  @Delete('modules/:moduleId/commands')
  @Requires('ServiceConnect')
  @Describe("Drops all messages of a module's queue that nobody holds.", { answer: 'PurgeMessageQueueResult' })
  purgeOfModule(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
  ): Promise<PurgeResult> {
    return this.purge({ deviceId, moduleId });
  }

  private async send(key: identity.IdentityKey, { raw }: FastifyRequest, body: Buffer): Promise<void> {
    await this.queues.enqueue({ key, message: c2dMessageFrom(raw.rawHeaders, body) });
  }

  private async purge(key: identity.IdentityKey): Promise<PurgeResult> {
    return purgeResultToJson(key, await this.queues.purge({ key }));
  }
}
