import { HubError } from '@mooring/errors';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const API_VERSION = /^20\d\d-\d\d-\d\d(?:-preview)?$/;

/** Demands `?api-version=` with a date. All of them are served alike. */
@Injectable()
export class ApiVersionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const query: unknown = context.switchToHttp().getRequest<FastifyRequest>().query;
    const version = new Map(Object.entries(query ?? {})).get('api-version');
    if (typeof version !== 'string' || !API_VERSION.test(version)) {
      throw new HubError('InvalidProtocolVersion', 'The query must have an api-version such as 2021-04-12.');
    }
    return true;
  }
}
