import { describe, expect, it } from '@jest/globals';
import { recordCodec } from './record-codec.js';

interface Device {
  readonly _id: string;
  readonly status: { readonly enabled: boolean; readonly reason: string };
}

const codec = recordCodec<Device>({
  name: 'device',
  current: 3,
  upgrades: [
    ({ enabled, ...rest }) => ({ ...rest, status: { enabled } }),
    ({ status, ...rest }) => ({ ...rest, status: { ...(status as object), reason: '' } }),
  ],
});

describe('recordCodec', () => {
  const device: Device = { _id: 'd', status: { enabled: true, reason: '' } };

  it('writes the current schema and reads it back', () => {
    expect(codec.encode(device)).toEqual({ ...device, schema: 3 });
    expect(codec.decode({ ...codec.encode(device), version: 7 })).toEqual({ ...device, version: 7 });
  });

  it('reads every schema that there has been', () => {
    const first = { _id: 'd', enabled: true, version: 1 };
    expect(codec.decode(first)).toEqual({ ...device, version: 1 });
    expect(codec.decode({ ...first, schema: 1 } as typeof first)).toEqual({ ...device, version: 1 });
    const second = { _id: 'd', status: { enabled: true }, schema: 2, version: 1 };
    expect(codec.decode(second)).toEqual({ ...device, version: 1 });
  });

  it.each([4, 0, 1.5, '3', null])('refuses schema %p', (schema) => {
    const stored = { ...device, schema, version: 1 };
    expect(() => codec.decode(stored)).toThrow(expect.objectContaining({ kind: 'newer-schema' }));
  });

  it('is not made without the upgrades that it needs', () => {
    expect(() => recordCodec({ name: 'device', current: 2, upgrades: [] })).toThrow(RangeError);
  });
});
