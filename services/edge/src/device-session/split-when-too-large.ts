import { isHubError } from '@mooring/errors';

/**
 * Makes a call for many items whose answer may be larger than one message between processes can be: then it is made again
 * for each half. A call for one item fails as it does.
 */
export async function splitWhenTooLarge<Item, Result>(
  items: readonly Item[],
  call: (items: readonly Item[]) => Promise<readonly Result[]>,
): Promise<readonly Result[]> {
  try {
    return await call(items);
  } catch (error) {
    if (items.length <= 1 || !isHubError(error) || error.error !== 'MessageTooLarge') {
      throw error;
    }
    const middle = items.length >> 1;
    const first = await splitWhenTooLarge(items.slice(0, middle), call);
    return [...first, ...(await splitWhenTooLarge(items.slice(middle), call))];
  }
}
