import { lockTokenFromText, lockTokenToText } from '@mooring/messages';
import { c2dqueue } from '@mooring/proto';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Res, UseGuards } from '@nestjs/common';
import { ApiProduces, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../http/access.js';
import { ApiVersionGuard } from '../http/api-version.guard.js';
import { C2D_QUEUE_SERVICE } from '../injection-tokens.js';
import { FEEDBACK_CONTENT_TYPE, feedbackText } from '../mapping/feedback.js';
import { isoTime } from '../mapping/schema-parts.js';
import { Describe } from '../openapi/describe.js';
import { listOf } from '../openapi/schemas.js';

/** Feedback on cloud-to-device messages of the whole hub. */
@ApiTags('Messages')
@ApiQuery({ name: 'api-version', schema: { type: 'string', example: '2021-04-12' } })
@Controller('messages/serviceBound/feedback')
@UseGuards(ApiVersionGuard)
export class FeedbackController {
  constructor(@Inject(C2D_QUEUE_SERVICE) private readonly queues: c2dqueue.C2dQueueService) {}

  @Get()
  @Requires('ServiceConnect')
  @Describe('Receives a batch of feedback; its lock token is the ETag.', { answer: listOf('FeedbackRecord') })
  @ApiProduces(FEEDBACK_CONTENT_TYPE)
  @ApiResponse({ status: 204, description: 'There is none.' })
  async receive(@Res() reply: FastifyReply): Promise<void> {
    const { lockToken, enqueuedTimeMs, deliveryCount, records } = await this.queues.receiveFeedback({ lockMs: 0 });
    if (lockToken.length === 0) {
      await reply.code(204).send();
      return;
    }
    // As bytes, since Fastify adds a charset to text of any JSON type.
    await reply
      .type(FEEDBACK_CONTENT_TYPE)
      .header('ETag', `"${lockTokenToText(lockToken)}"`)
      .header('iothub-enqueuedtime', isoTime(enqueuedTimeMs))
      .header('iothub-deliverycount', deliveryCount)
      .send(Buffer.from(feedbackText(records)));
  }

  @Delete(':lock')
  @HttpCode(204)
  @Requires('ServiceConnect')
  @Describe('Completes a batch of feedback: it is not given again.', {})
  complete(@Param('lock') lock: string): Promise<void> {
    return this.settle(lock, c2dqueue.Outcome.COMPLETE);
  }

  @Post(':lock/abandon')
  @HttpCode(204)
  @Requires('ServiceConnect')
  @Describe('Abandons a batch of feedback: it can be received again at once.', {})
  abandon(@Param('lock') lock: string): Promise<void> {
    return this.settle(lock, c2dqueue.Outcome.ABANDON);
  }

  private async settle(lock: string, outcome: c2dqueue.Outcome): Promise<void> {
    await this.queues.settleFeedback({ lockToken: lockTokenFromText(lock), outcome });
  }
}
