import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { ApiOptions } from './api-options.js';
import { ErrorFilter } from './http/error.filter.js';
import { CLOCK, IDENTITY_SERVICE, LOGGER, MONITORING_SERVICE } from './injection-tokens.js';
import { CertificatesController } from './management/certificates.controller.js';
import { OperationsController } from './management/operations.controller.js';
import { PoliciesController } from './management/policies.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { OpenApiText } from './openapi/openapi-text.js';
import { ConnectionStates } from './registry/connection-states.js';
import { DevicesController } from './registry/devices.controller.js';
import { ModulesController } from './registry/modules.controller.js';
import { StatisticsController } from './registry/statistics.controller.js';

/** The REST API's routes. They need the server that `createApi` makes: it authenticates for them. */
@Module({})
export class ApiModule {
  static register(options: ApiOptions): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        DevicesController,
        ModulesController,
        StatisticsController,
        CertificatesController,
        PoliciesController,
        OperationsController,
        OpenApiController,
      ],
      providers: [
        OpenApiText,
        { provide: APP_FILTER, useClass: ErrorFilter },
        { provide: IDENTITY_SERVICE, useValue: options.identity },
        { provide: MONITORING_SERVICE, useValue: options.monitoring },
        { provide: ConnectionStates, useValue: new ConnectionStates(options) },
        { provide: CLOCK, useValue: options.clock },
        { provide: LOGGER, useValue: options.logger },
      ],
    };
  }
}
