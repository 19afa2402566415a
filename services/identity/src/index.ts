export { MAX_BATCH } from './admission/admission-contract.js';
export { createIdentityService, type IdentityRuntime } from './create-identity-service.js';
export { DIRECTORY_SERVICE, IDENTITY_SERVICE, IdentityModule } from './identity.module.js';
export type { DeclaredAccess, IdentityOptions, RightName } from './options.js';
