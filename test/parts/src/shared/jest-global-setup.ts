import { startSharedParts } from './start-shared-parts.js';

/** Jest hands over the same global object to the teardown, in the same process. */
export interface RunGlobals {
  stopSharedParts?: () => Promise<void>;
}

export default async function setUp(): Promise<void> {
  (globalThis as RunGlobals).stopSharedParts = await startSharedParts();
}
