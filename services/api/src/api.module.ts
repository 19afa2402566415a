import { DirectMethods } from '@mooring/direct-methods';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { ApiOptions } from './api-options.js';
import { ErrorFilter } from './http/error.filter.js';
import {
  C2D_QUEUE_SERVICE,
  CLOCK,
  IDENTITY_SERVICE,
  LOGGER,
  MONITORING_SERVICE,
  TWIN_SERVICE,
} from './injection-tokens.js';
import { CertificatesController } from './management/certificates.controller.js';
import { OperationsController } from './management/operations.controller.js';
import { PoliciesController } from './management/policies.controller.js';
import { DeviceMessagesController } from './messages/device-messages.controller.js';
import { FeedbackController } from './messages/feedback.controller.js';
import { MethodsController } from './methods/methods.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { OpenApiText } from './openapi/openapi-text.js';
import { DevicesController } from './registry/devices.controller.js';
import { LiveFields } from './registry/live-fields.js';
import { ModulesController } from './registry/modules.controller.js';
import { StatisticsController } from './registry/statistics.controller.js';
import { QueryController } from './twins/query.controller.js';
import { TwinsController } from './twins/twins.controller.js';

/** The REST API's routes. They need the server that `createApi` makes: it authenticates for them. */
@Module({})
export class ApiModule {
  static register(options: ApiOptions): DynamicModule {
    return {
      module: ApiModule,
      controllers: [
        QueryController,
        TwinsController,
        MethodsController,
        DeviceMessagesController,
        FeedbackController,
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
        { provide: LiveFields, useValue: new LiveFields(options) },
        { provide: TWIN_SERVICE, useValue: options.twin },
        { provide: DirectMethods, useValue: options.methods },
        { provide: C2D_QUEUE_SERVICE, useValue: options.c2dQueue },
        { provide: CLOCK, useValue: options.clock },
        { provide: LOGGER, useValue: options.logger },
      ],
    };
  }
}
