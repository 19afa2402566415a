import { describe, expect, it } from '@jest/globals';
import { attachSender } from '../testing/raw-peer.js';
import { FieldTable } from './field-table.js';
import { SessionGuard } from './session-guard.js';

describe('guard of a session', () => {
  it('keeps nothing of its links when it has ended', () => {
    const guard = new SessionGuard();
    for (let handle = 0; handle < 10; handle++) {
      const frame = attachSender(`link ${handle}`, handle);
      const fields = new FieldTable();
      fields.read(frame, 8, frame.length);
      guard.attach(fields);
    }
    expect([guard.links, guard.ended]).toEqual([10, false]);
    guard.end();
    expect([guard.links, guard.ended]).toEqual([0, true]);
  });
});
