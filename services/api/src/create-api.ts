import 'reflect-metadata';
import type { HttpFront } from '@mooring/listener';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ApiModule } from './api.module.js';
import type { ApiOptions } from './api-options.js';
import { NestLogger } from './http/nest-logger.js';
import { createServerAdapter } from './http/server-adapter.js';
import { openApiDocument } from './openapi/document.js';
import { OpenApiText } from './openapi/openapi-text.js';

/** The REST API, ready to be served by a listener. */
export interface Api {
  readonly front: HttpFront;
  /** From now on every answer asks its client to close the connection. */
  drain(): void;
  close(): Promise<void>;
}

/** Makes the REST API. It listens nowhere by itself. */
export async function createApi(options: ApiOptions): Promise<Api> {
  let draining = false;
  const adapter = createServerAdapter(options);
  const app = await NestFactory.create<NestFastifyApplication>(ApiModule.register(options), adapter, {
    logger: new NestLogger(options.logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.get(OpenApiText).text = JSON.stringify(openApiDocument(app));
  await app.init();
  const server = adapter.getInstance();
  await server.ready();
  return {
    front: (request, response) => {
      if (draining) {
        response.setHeader('Connection', 'close');
      }
      server.routing(request, response);
    },
    drain: () => {
      draining = true;
    },
    close: () => app.close(),
  };
}
