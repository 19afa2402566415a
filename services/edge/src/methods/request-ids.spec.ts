import { describe, expect, it } from '@jest/globals';
import { prefixOfEdge, prefixOfRequest, RequestIds } from './request-ids.js';

describe('a request id', () => {
  it('is of hexadecimal digits, names its edge, and is like no other, of another life of the process either', () => {
    const lives = [new RequestIds('edge-1'), new RequestIds('edge-1'), new RequestIds('edge-2')];
    const all = lives.flatMap((ids) => [ids.next(), ids.next()]);
    expect(new Set(all).size).toBe(all.length);
    for (const [index, id] of all.entries()) {
      expect(id).toMatch(/^[0-9a-f]{24}$/);
      expect(prefixOfRequest(id)).toBe(prefixOfEdge(index < 4 ? 'edge-1' : 'edge-2'));
    }
  });

  it.each(['', '1', 'A'.repeat(24), 'g'.repeat(24), '0'.repeat(23), '0'.repeat(25), ` ${'0'.repeat(23)}`])(
    'is not %j',
    (text) => {
      expect(prefixOfRequest(text)).toBeUndefined();
    },
  );
});
