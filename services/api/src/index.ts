export { ApiModule } from './api.module.js';
export type { ApiOptions } from './api-options.js';
export {
  PolicyAuthenticator,
  type PolicyAuthenticatorOptions,
  type PolicyBearer,
  requireRights,
} from './auth/policy-authenticator.js';
export { PolicyDirectory, type PolicyDirectoryOptions } from './auth/policy-directory.js';
export type { SharedAccessPolicy } from './auth/shared-access-policy.js';
export { type Api, createApi } from './create-api.js';
export { ENTITY as EVENT_HUBS_ENTITY, EventHubsEndpoint } from './event-hubs/event-hubs-endpoint.js';
export type { EventHubsOptions } from './event-hubs/event-hubs-options.js';
