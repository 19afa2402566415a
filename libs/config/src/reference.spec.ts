import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { configurationReference } from './reference.js';

describe('docs/configuration.md', () => {
  it('says what the settings are (npm run generate)', () => {
    const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8');
    expect(page).toBe(configurationReference());
  });
});
