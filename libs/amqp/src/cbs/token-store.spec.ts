import { describe, expect, it, jest } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { TokenStore } from './token-store.js';

describe('tokens of a connection', () => {
  it('are not kept if the connection went away while they were judged', () => {
    const clock = new ManualClock();
    const after = jest.spyOn(clock, 'after');
    const tokens = new TokenStore(clock, 10);
    tokens.dispose();
    tokens.put('audience', [{ expiresAt: clock.now() + 1_000 }]);
    expect(() => tokens.authorise({ revoked: () => undefined }, () => true)).toThrow('No token');
    expect(after).not.toHaveBeenCalled();
  });
});
