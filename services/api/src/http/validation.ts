import { isValidDeviceId } from '@mooring/credentials';
import { HubError } from '@mooring/errors';
import { Injectable, type PipeTransform } from '@nestjs/common';
import type { z } from 'zod';

/** Checks a body against a schema, and hands on what the schema makes of it. */
export class BodyPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(body: unknown): z.output<Schema> {
    if (body === undefined || body === null) {
      throw new HubError('ArgumentNull', 'The request needs a JSON body.');
    }
    return checked(this.schema, body);
  }
}

/** Checks all parameters of the query against a schema, and hands on what the schema makes of them. */
export class QueryPipe<Schema extends z.ZodType> implements PipeTransform<unknown, z.output<Schema>> {
  constructor(private readonly schema: Schema) {}

  transform(query: unknown): z.output<Schema> {
    return checked(this.schema, query, 'The query');
  }
}

/**
 * Checks a value against a schema.
 * @param whole what is named where no field of it is wrong
 * @throws HubError `ArgumentInvalid`
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  whole = 'The body',
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const field = issue?.path.join('.') || whole;
    throw new HubError('ArgumentInvalid', `${field} is invalid: ${issue?.message ?? 'not what is expected'}.`);
  }
  return result.data;
}

/** Checks the id of a device or module in a path. */
@Injectable()
export class IdentityIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    if (!isValidDeviceId(id)) {
      throw new HubError(
        'ArgumentInvalid',
        "An id has 1 to 128 of the characters A-Z a-z 0-9 - : . + % _ # * ? ! ( ) , = @ $ '.",
      );
    }
    return id;
  }
}

/** Checks the name of a resource in a path. */
export class NamePipe implements PipeTransform<string, string> {
  constructor(private readonly pattern: RegExp) {}

  transform(name: string): string {
    if (!this.pattern.test(name)) {
      throw new HubError('ArgumentInvalid', `A name must match ${this.pattern.source}.`);
    }
    return name;
  }
}
