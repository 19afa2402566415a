export {
  PolicyAuthenticator,
  type PolicyAuthenticatorOptions,
  type PolicyBearer,
  requireRights,
} from './auth/policy-authenticator.js';
export { PolicyDirectory, type PolicyDirectoryOptions } from './auth/policy-directory.js';
export type { SharedAccessPolicy } from './auth/shared-access-policy.js';
