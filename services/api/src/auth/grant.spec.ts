import { describe, expect, it } from '@jest/globals';
import { requireRights } from './grant.js';

describe('requireRights', () => {
  const grant = { subject: 'The policy registryRead', rights: new Set(['RegistryRead'] as const), expiresAtMs: 0 };

  it('names what is missing', () => {
    expect(() => requireRights(grant, ['RegistryRead'])).not.toThrow();
    expect(() => requireRights(grant, ['RegistryRead', 'RegistryWrite', 'ServiceConnect'])).toThrow(
      'The policy registryRead lacks RegistryWrite and ServiceConnect.',
    );
  });
});
