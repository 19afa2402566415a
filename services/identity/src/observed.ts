import type { IdentityMetrics } from './metrics.js';
import { toldError } from './told-error.js';

/** Makes a call of a contract: counts it, and tells an absent store in the contract's own words. */
export async function observed<T>(metrics: IdentityMetrics, operation: string, call: () => Promise<T>): Promise<T> {
  try {
    const answer = await call();
    metrics.ended(operation);
    return answer;
  } catch (error) {
    const told = toldError(error);
    metrics.ended(operation, told);
    throw told;
  }
}
