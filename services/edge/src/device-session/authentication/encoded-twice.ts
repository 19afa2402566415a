import type { SasResource } from '@mooring/credentials';

/**
 * The resource of a token whose signer has encoded the ids before the whole, as .NET's clients do.
 *
 * @returns undefined if no id was encoded
 */
export function decodedAgain({ host, path }: SasResource): SasResource | undefined {
  if (!path.some((segment) => segment.includes('%'))) {
    return undefined;
  }
  try {
    return { host, path: path.map((segment) => decodeURIComponent(segment)) };
  } catch (error) {
    if (error instanceof URIError) {
      return undefined;
    }
    throw error;
  }
}
