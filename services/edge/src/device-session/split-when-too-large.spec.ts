import { describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import { splitWhenTooLarge } from './split-when-too-large.js';

describe('a call whose answer is too large', () => {
  it('is made for fewer items at a time, and answers all in order', async () => {
    const sizes: number[] = [];
    const results = await splitWhenTooLarge([1, 2, 3, 4, 5], async (items) => {
      sizes.push(items.length);
      if (items.length > 2) {
        throw new HubError('MessageTooLarge', 'too large');
      }
      return items.map((item) => item * 10);
    });
    expect(results).toEqual([10, 20, 30, 40, 50]);
    expect(sizes).toEqual([5, 2, 3, 1, 2]);
  });

  it('fails as it does if one item is too large, or for another reason', async () => {
    let calls = 0;
    const failing = (error: Error) => () => {
      calls++;
      return Promise.reject(error);
    };
    const tooLarge = new HubError('MessageTooLarge', 'too large');
    await expect(splitWhenTooLarge([1], failing(tooLarge))).rejects.toBe(tooLarge);
    const away = new HubError('ServiceUnavailable', 'away');
    await expect(splitWhenTooLarge([1, 2], failing(away))).rejects.toBe(away);
    expect(calls).toBe(2);
  });
});
