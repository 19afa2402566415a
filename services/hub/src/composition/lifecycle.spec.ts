import { describe, expect, it } from '@jest/globals';
import { Lifecycle } from './lifecycle.js';

describe('Lifecycle', () => {
  it('ends what was started in the opposite order, once', async () => {
    const ended: string[] = [];
    const lifecycle = new Lifecycle();
    lifecycle.onStop(() => ended.push('first'));
    lifecycle.onStop(async () => ended.push('second'));
    expect(lifecycle.isStopping).toBe(false);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(ended).toEqual(['second', 'first']);
    expect(lifecycle.isStopping).toBe(true);
  });

  it('ends the rest where one fails, and tells of it', async () => {
    const ended: string[] = [];
    const lifecycle = new Lifecycle();
    lifecycle.onStop(() => ended.push('first'));
    lifecycle.onStop(() => Promise.reject(new Error('stuck')));
    await expect(lifecycle.stop()).rejects.toMatchObject({ errors: [expect.objectContaining({ message: 'stuck' })] });
    expect(ended).toEqual(['first']);
  });
});
