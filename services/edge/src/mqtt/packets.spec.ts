import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TELEMETRY, TestEdge, turn } from '../test-edge.spec-support.js';

let edge: TestEdge;
beforeEach(async () => {
  edge = await TestEdge.start();
});
afterEach(() => edge.stop());

describe('packets', () => {
  it('answers PINGREQ', async () => {
    const client = await edge.connected();
    client.send({ cmd: 'pingreq' });
    expect(await client.next('pingresp')).toBeDefined();
  });

  it('takes the PUBACK of something that is long forgotten', async () => {
    const client = await edge.connected();
    client.send({ cmd: 'puback', messageId: 3 });
    client.publish(TELEMETRY, 'x', 1);
    expect(await client.acknowledgements(1)).toEqual([1]);
  });

  it.each([
    ['type 0', '0000'],
    ['type 15', 'f000'],
    ['CONNACK', '20020000'],
    ['SUBACK', '9003000100'],
    ['UNSUBACK', 'b0020001'],
    ['PINGRESP', 'd000'],
    ['PUBREC', '50020001'],
    ['PUBREL', '62020001'],
    ['PUBCOMP', '70020001'],
    ['PINGREQ with flags', 'c100'],
    ['PINGREQ with a body', 'c00100'],
    ['DISCONNECT with flags', 'e100'],
    ['PUBACK with flags', '41020001'],
    ['PUBACK without an id', '40020000'],
    ['PUBACK cut short', '400101'],
    ['SUBSCRIBE without its flags', '800600010001610000'],
    ['SUBSCRIBE without an id', '8206000000016100'],
    ['SUBSCRIBE without a filter', '82020001'],
    ['SUBSCRIBE with QoS 3', '8206000100016103'],
    ['SUBSCRIBE cut short', '82050001000161'],
    ['UNSUBSCRIBE without its flags', 'a0050001000161'],
    ['UNSUBSCRIBE without a filter', 'a2020001'],
    ['UNSUBSCRIBE that is no UTF-8', 'a20500010001ff'],
  ])('closes a connection that sends %s', async (_, hex) => {
    const client = await edge.connected();
    client.stream.write(Buffer.from(hex, 'hex'));
    await client.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="protocol-error"} 1');
  });

  it('closes a connection whose packet is beyond the limit', async () => {
    const client = await edge.connected();
    client.stream.write(Buffer.from('30ffffff7f', 'hex'));
    await client.closing();
    expect(await edge.metric('mooring_edge_closes_total')).toContain('reason="too-large"} 1');
  });

  it('survives any bytes, admitted or not', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
        fc.boolean(),
        async (all, admit) => {
          const client = admit ? await edge.connected() : edge.open();
          for (const bytes of all) {
            client.stream.write(Buffer.from(bytes));
          }
          await turn();
          client.vanish();
        },
      ),
      { numRuns: 100 },
    );
    const client = await edge.connected();
    client.publish(TELEMETRY, 'still here', 1);
    expect(await client.acknowledgements(1)).toEqual([1]);
    expect(await edge.metric('mooring_edge_closes_total')).not.toContain('internal-error');
  });
});
