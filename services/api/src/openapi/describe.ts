import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiDefaultResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { type BYTES, type listOf, type SchemaName, schemaReference } from './schemas.js';

type Described = SchemaName | ReturnType<typeof listOf> | typeof BYTES;

export interface Description {
  readonly body?: Described;
  /** What is answered with status 200; without it the answer is 204 and empty. */
  readonly answer?: Described;
}

/** Describes a route in the OpenAPI document. Every error has the one form. */
export function Describe(summary: string, { body, answer }: Description): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ...(body === undefined ? [] : [ApiBody({ required: true, schema: schemaOf(body) })]),
    answer === undefined
      ? ApiResponse({ status: 204, description: 'Done.' })
      : ApiResponse({ status: 200, description: 'Done.', schema: schemaOf(answer) }),
    ApiDefaultResponse({
      description: 'Refused or failed; the header iothub-errorcode names the error.',
      schema: schemaReference('Error'),
    }),
  );
}

function schemaOf(described: Described): { readonly $ref: string } | Exclude<Described, SchemaName> {
  return typeof described === 'string' ? schemaReference(described) : described;
}
