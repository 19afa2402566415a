import { DirectMethods, methodCallFrom, methodResultText } from '@mooring/direct-methods';
import type { identity } from '@mooring/proto';
import { Controller, HttpCode, Inject, Param, Post, UseInterceptors } from '@nestjs/common';
import { ApiQuery, ApiTags } from '@nestjs/swagger';
import { Requires } from '../http/access.js';
import { JsonText } from '../http/body-bytes.js';
import { CallerGone } from '../http/caller-gone.js';
import { type RawAnswer, RawAnswerInterceptor } from '../http/raw-answer.js';
import { routeConfig } from '../http/route-config.js';
import { IdentityIdPipe } from '../http/validation.js';
import { Describe } from '../openapi/describe.js';
import { Throttled } from '../throttling/throttled.js';

const ROUTE = { body: 'jsonBytes', errorForm: 'json' } as const;

/** Direct methods. A client may leave out the api-version here, as some do. */
@ApiTags('Methods')
@ApiQuery({ name: 'api-version', required: false, schema: { type: 'string', example: '2021-04-12' } })
@Controller('twins/:deviceId')
@UseInterceptors(RawAnswerInterceptor)
export class MethodsController {
  constructor(@Inject(DirectMethods) private readonly methods: DirectMethods) {}

  @Post('methods')
  @HttpCode(200)
  @Requires('ServiceConnect')
  @Throttled('direct-methods')
  @routeConfig(ROUTE)
  @Describe('Calls a method of a device.', { body: 'MethodInput', answer: 'MethodResult' })
  invokeOnDevice(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @JsonText() body: string,
    @CallerGone() signal: AbortSignal,
  ): Promise<RawAnswer> {
    return this.invoke({ deviceId, moduleId: '' }, body, signal);
  }

  @Post('modules/:moduleId/methods')
  @HttpCode(200)
  @Requires('ServiceConnect')
  @Throttled('direct-methods')
  @routeConfig(ROUTE)
  @Describe('Calls a method of a module.', { body: 'MethodInput', answer: 'MethodResult' })
  invokeOnModule(
    @Param('deviceId', IdentityIdPipe) deviceId: string,
    @Param('moduleId', IdentityIdPipe) moduleId: string,
    @JsonText() body: string,
    @CallerGone() signal: AbortSignal,
  ): Promise<RawAnswer> {
    return this.invoke({ deviceId, moduleId }, body, signal);
  }

  private async invoke(key: identity.IdentityKey, body: string, signal: AbortSignal): Promise<RawAnswer> {
    return { json: methodResultText(await this.methods.invoke({ ...methodCallFrom(key, body), signal })) };
  }
}
