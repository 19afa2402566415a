import type { twin } from '@mooring/proto';
import { Body, Controller, Headers, HttpCode, Inject, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { Requires } from '../http/access.js';
import { ApiVersionGuard } from '../http/api-version.guard.js';
import { type RawAnswer, RawAnswerInterceptor } from '../http/raw-answer.js';
import { BodyPipe } from '../http/validation.js';
import { TWIN_SERVICE } from '../injection-tokens.js';
import { querySchema } from '../mapping/twin.js';
import { Describe } from '../openapi/describe.js';
import { Throttled } from '../throttling/throttled.js';
import { MAX_PAGE_SIZE, pageSizeFrom } from './page-size.js';

const CONTINUATION = 'x-ms-continuation';

/** Queries over twins. */
@ApiTags('Twins')
@ApiQuery({ name: 'api-version', schema: { type: 'string', example: '2021-04-12' } })
@Controller('devices/query')
@UseGuards(ApiVersionGuard)
@UseInterceptors(RawAnswerInterceptor)
export class QueryController {
  constructor(@Inject(TWIN_SERVICE) private readonly twins: twin.TwinService) {}

  @Post()
  @HttpCode(200)
  @Requires('RegistryRead')
  @Throttled('queries')
  @Describe('Answers one page of a query over twins. The header x-ms-item-type says what the items are.', {
    body: 'Query',
    answer: 'QueryItems',
  })
  @ApiHeader({ name: 'x-ms-max-item-count', required: false, schema: { type: 'integer', maximum: MAX_PAGE_SIZE } })
  @ApiHeader({
    name: CONTINUATION,
    required: false,
    description: 'Of the page before, whose answer has it as a header.',
  })
  async query(
    @Body(new BodyPipe(querySchema)) { query }: z.output<typeof querySchema>,
    @Headers('x-ms-max-item-count') count: string | undefined,
    @Headers(CONTINUATION) continuation: string | undefined,
  ): Promise<RawAnswer> {
    const page = await this.twins.queryTwins({
      query,
      pageSize: pageSizeFrom(count),
      continuation: continuation ?? '',
    });
    return {
      json: arrayOf(page.items),
      headers: {
        'x-ms-item-type': page.itemType,
        // Clients ask for a next page as long as the header is there, whatever it holds.
        ...(page.continuation === '' ? {} : { [CONTINUATION]: page.continuation }),
      },
    };
  }
}

const [OPEN, COMMA, CLOSE] = [Buffer.from('['), Buffer.from(','), Buffer.from(']')] as const;

/** The JSON array of items that are JSON already. */
function arrayOf(items: readonly Buffer[]): Buffer {
  return Buffer.concat([OPEN, ...items.flatMap((item, index) => (index === 0 ? [item] : [COMMA, item])), CLOSE]);
}
