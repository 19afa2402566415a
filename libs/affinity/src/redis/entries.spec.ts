import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  decodeHeld,
  decodeLease,
  decodeOwner,
  encodeHolder,
  encodeIncarnation,
  encodeLease,
  encodeOwner,
  encodeReceiver,
} from './entries.js';

const text = fc.string({ unit: 'binary' });

describe('entries in Redis', () => {
  it('keep a holder', () => {
    fc.assert(
      fc.property(text, text, text, fc.maxSafeNat(), (edge, incarnation, connection, epoch) => {
        const holder = { edge, incarnation, connection };
        expect(decodeHeld(`${epoch}\n${encodeHolder(holder)}`)).toEqual({ ...holder, epoch });
        expect(decodeHeld(String(epoch))).toBeUndefined();
      }),
    );
  });

  it('keep an owner, with its receiver on the second line', () => {
    fc.assert(
      fc.property(text, text, text, fc.maxSafeInteger(), (receiver, process, incarnation, level) => {
        const owner = { receiver, process, incarnation, level };
        expect(decodeOwner(encodeOwner(owner))).toEqual(owner);
        expect(encodeOwner(owner).split('\n')[1]).toBe(encodeReceiver(receiver));
      }),
    );
  });

  it('keep a lease, with its incarnation on the first line', () => {
    fc.assert(
      fc.property(text, text, fc.option(text, { nil: undefined }), (process, incarnation, address) => {
        const lease = { process, incarnation, ...(address === undefined ? {} : { address }) };
        expect(decodeLease(process, encodeLease(lease))).toEqual(lease);
        expect(encodeLease(lease).split('\n')[0]).toBe(encodeIncarnation(incarnation));
      }),
    );
  });

  it('of another form are told, not misread', () => {
    for (const entry of ['1\nx', '1\n[]', '1\n["a","b"]', '1\n["a","b",3]', '1\n{}']) {
      expect(() => decodeHeld(entry)).toThrow();
    }
    for (const entry of ['', 'x', '1', '"i"\nx']) {
      expect(() => decodeLease('p', entry)).toThrow();
    }
    for (const entry of ['', '1', '1\nx', '1\n"r"', '1\n"r"\n["a"]', '1\n"r","s"\n["a","b"]']) {
      expect(() => decodeOwner(entry)).toThrow();
    }
  });
});
