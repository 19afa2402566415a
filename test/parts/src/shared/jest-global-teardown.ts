import type { RunGlobals } from './jest-global-setup.js';

export default async function tearDown(): Promise<void> {
  await (globalThis as RunGlobals).stopSharedParts?.();
}
