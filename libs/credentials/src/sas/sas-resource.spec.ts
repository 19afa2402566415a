import { describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import fc from 'fast-check';
import { createSasToken } from './create-sas-token.js';
import { resourceCovers, sasResource } from './sas-resource.js';
import { parseSasToken } from './sas-token.js';

const SIG = 'czB7qpFvl7nkmXPHeFxflfWobL4z4djAkpO%2FUovvGMA%3D';

function resourceOf(sr: string) {
  return sasResource(parseSasToken(`SharedAccessSignature sr=${sr}&sig=${SIG}&se=1`));
}

describe('sasResource', () => {
  it.each([
    ['Hub.IoT.test', 'hub.iot.test', []],
    ['hub.iot.test%2Fdevices%2Fd1', 'hub.iot.test', ['devices', 'd1']],
    ['hub.iot.test/devices/D1/modules/m1', 'hub.iot.test', ['devices', 'D1', 'modules', 'm1']],
    ['sb%3a%2f%2fhub.iot.test%3A5671%2fevents%2f', 'hub.iot.test', ['events']],
    ['amqps://hub.iot.test/', 'hub.iot.test', []],
    ['hub.iot.test%2Fdevices%2Fa%252fb', 'hub.iot.test', ['devices', 'a%2fb']],
    ['hub.iot.test/devices/a+b', 'hub.iot.test', ['devices', 'a+b']],
    ['hub.iot.test%2Fdevices%2Fd1%2F%2Ffoo', 'hub.iot.test', ['devices', 'd1', '', 'foo']],
  ])('reads %s', (sr, host, path) => {
    expect(resourceOf(sr)).toEqual({ host, path });
  });

  it.each(['/devices/d1', 'sb://', ':443', '%2F'])('refuses %s, which names no host', (sr) => {
    expect(() => resourceOf(sr)).toThrow(HubError);
  });

  it('finds any id in the resource of a token made for it', () => {
    const id = fc.string({
      unit: fc.constantFrom(..."abcXYZ019-:.+%_#*?!(),=@$'"),
      minLength: 1,
      maxLength: 128,
    });
    fc.assert(
      fc.property(id, id, (device, module) => {
        const resource = `hub.iot.test/devices/${device}/modules/${module}`;
        const token = parseSasToken(createSasToken({ resource, key: Buffer.alloc(32), se: 1 }));
        expect(sasResource(token).path).toEqual(['devices', device, 'modules', module]);
      }),
    );
  });
});

describe('resourceCovers', () => {
  const module = { host: 'HUB.iot.test', path: ['devices', 'd1', 'modules', 'm1'] };

  it.each([
    ['hub.iot.test', true],
    ['hub.iot.test/devices', true],
    ['hub.iot.test/Devices/d1', true],
    ['hub.iot.test/devices/d1/MODULES/m1', true],
    ['hub.iot.test/devices/d1/modules/m1/messages', false],
    ['hub.iot.test/devices/D1', false],
    ['hub.iot.test/devices/d', false],
    ['hub.iot.test/devices/d1/modules/m', false],
    ['hub.iot.test/devices/d1//modules', false],
    ['hub.iot.test//devices', false],
    ['other.iot.test', false],
    ['iot.test', false],
    ['hub.iot.test.evil.test/devices/d1', false],
  ])('a token for %s gives access to a module: %s', (sr, covered) => {
    expect(resourceCovers(resourceOf(sr), module)).toBe(covered);
  });

  it('never gives one device access to another whose id begins alike', () => {
    expect(resourceCovers(resourceOf('h/devices/d1'), { host: 'h', path: ['devices', 'd10'] })).toBe(false);
    expect(resourceCovers(resourceOf('h/devices/d10'), { host: 'h', path: ['devices', 'd1'] })).toBe(false);
  });
});
