import { describe, expect, it } from '@jest/globals';
import { INVALID_SPAN_CONTEXT, TraceFlags } from '@opentelemetry/api';
import fc from 'fast-check';
import { parseTraceContext, writeTraceContext } from './trace-context.js';
import type { TraceHeaders } from './trace-headers.js';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const SPAN_ID = 'b7ad6b7169203331';
const VALID = `00-${TRACE_ID}-${SPAN_ID}-01`;

const hex = (length: number) =>
  fc
    .uint8Array({ minLength: length / 2, maxLength: length / 2 })
    .map((bytes) => Buffer.from(bytes).toString('hex'))
    .filter((text) => !/^0+$/.test(text));

describe('parseTraceContext', () => {
  it('reads what writeTraceContext writes', () => {
    const members = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), fc.stringMatching(/^[a-z0-9]{1,9}$/), {
      maxKeys: 5,
    });
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), members, (traceId, spanId, sampled, state) => {
        const stateText = Object.entries(state)
          .map(([key, value]) => `${key}=${value}`)
          .join(',');
        const read = parseTraceContext(`00-${traceId}-${spanId}-0${sampled ? 1 : 0}`, stateText);
        expect(read).toMatchObject({ traceId, spanId, traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE });
        const headers: TraceHeaders = {};
        if (read !== undefined) {
          writeTraceContext(read, headers);
        }
        expect(headers['traceparent']).toBe(`00-${traceId}-${spanId}-0${sampled ? 1 : 0}`);
        expect(headers['tracestate'] ?? '').toBe(stateText);
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['an invalid version', VALID.replace('00-', 'ff-')],
    ['no trace', VALID.replace(TRACE_ID, '0'.repeat(32))],
    ['no span', VALID.replace(SPAN_ID, '0'.repeat(16))],
    ['capitals', VALID.toUpperCase()],
    ['more than version 00 has', `${VALID}-more`],
    ['a line break', `${VALID}\r\nx: y`],
    ['too much', `01-${TRACE_ID}-${SPAN_ID}-01-${'x'.repeat(1000)}`],
    ["another system's id", '0x1f2e3d4c'],
  ])('refuses %s', (_, text) => {
    expect(parseTraceContext(text)).toBeUndefined();
  });

  it('takes what it knows of a later version', () => {
    expect(parseTraceContext(`cc-${TRACE_ID}-${SPAN_ID}-ff-later`)).toMatchObject({
      traceId: TRACE_ID,
      traceFlags: TraceFlags.SAMPLED,
    });
  });

  it('gives, of whatever it is given, headers that are valid and short', () => {
    const near = fc.tuple(fc.constantFrom('00', '01', 'ff'), hex(32), hex(16), fc.string({ maxLength: 4 }));
    const parents = fc.oneof(
      fc.string(),
      near.map((fields) => fields.join('-')),
      fc.constant(VALID),
    );
    fc.assert(
      fc.property(parents, fc.string({ maxLength: 2000 }), (parent, state) => {
        const read = parseTraceContext(parent, state);
        if (read === undefined) {
          return;
        }
        const headers: TraceHeaders = {};
        writeTraceContext(read, headers);
        expect(headers['traceparent']).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-0[01]$/);
        expect((headers['tracestate'] ?? '').length).toBeLessThanOrEqual(512);
        expect(headers['tracestate'] ?? '').toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});

describe('writeTraceContext', () => {
  it('writes nothing for a span that there is not', () => {
    const headers: TraceHeaders = {};
    writeTraceContext(INVALID_SPAN_CONTEXT, headers);
    expect(headers).toEqual({});
  });
});
