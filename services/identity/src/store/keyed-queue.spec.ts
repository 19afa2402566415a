import { describe, expect, it } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

describe('KeyedQueue', () => {
  it('runs tasks of one key in turn, of others meanwhile, and goes on after a failure', async () => {
    const queue = new KeyedQueue();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const order: string[] = [];
    const first = queue.run('a', async () => {
      await gate;
      order.push('a1');
      throw new Error('failed');
    });
    const second = queue.run('a', async () => order.push('a2'));
    await queue.run('b', async () => order.push('b'));
    expect(order).toEqual(['b']);
    open();
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(order).toEqual(['b', 'a1', 'a2']);
  });
});
