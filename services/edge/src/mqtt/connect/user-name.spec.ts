import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseUserName } from './user-name.js';

const HOST = 'hub.example.com';
const MODEL = 'dtmi:com:example:Thermostat;1';
const ENCODED = encodeURIComponent(MODEL);
const none = { modelId: undefined };

describe('parseUserName', () => {
  it.each([
    ['NODE', `${HOST}/d1/?api-version=2021-04-12&model-id=${MODEL}&DeviceClientType=azure-iot-device%2F1.18`, MODEL],
    ['PY', `${HOST}/d1/?api-version=2020-09-30&DeviceClientType=azure-iot-device%2F2&model-id=${ENCODED}`, MODEL],
    ['JAVA', `${HOST}/d1/?api-version=2021-04-12&model-id=${ENCODED}&DeviceClientType=x`, MODEL],
    ['CS', `${HOST}/d1/?api-version=2021-04-12&DeviceClientType=x&auth-chain=a%3Bb&model-id=${ENCODED}`, MODEL],
    ['legacy', `${HOST}/d1/api-version=2016-11-14&DeviceClientType=x%2Fy`, undefined],
    ['legacy, other first', `${HOST}/d1/DeviceClientType=x/y&api-version=2016-11-14`, undefined],
    ['without parameters', `${HOST}/d1`, undefined],
    ['with a slash alone', `${HOST}/d1/`, undefined],
    ['unknown parameters, not decodable', `${HOST}/d1/?x=%zz&&=&y&api-version=zzz`, undefined],
    ['a model id that is not decodable', `${HOST}/d1/?model-id=%zz`, '%zz'],
    ['an empty model id', `${HOST}/d1/?model-id=`, undefined],
    ['capitals and a port', `HUB.Example.com:8883/d1/?api-version=1`, undefined],
  ])('reads the spelling of %s', (_, userName, modelId) => {
    expect(parseUserName(userName, 'd1', HOST)).toEqual({ modelId });
  });

  it('reads modules, and ids with characters of the syntax', () => {
    expect(parseUserName(`${HOST}/d1/m1/?api-version=1`, 'd1/m1', HOST)).toEqual(none);
    expect(parseUserName(`${HOST}/d1/m1/api-version=1`, 'd1/m1', HOST)).toEqual(none);
    expect(parseUserName(`${HOST}/a?b=c/?api-version=1`, 'a?b=c', HOST)).toEqual(none);
  });

  it.each([
    ['', 'd1'],
    [HOST, 'd1'],
    ['d1/?api-version=1', 'd1'],
    [`${HOST}/d2/?api-version=1`, 'd1'],
    [`${HOST}/d11/?api-version=1`, 'd1'],
    [`${HOST}/D1/?api-version=1`, 'd1'],
    [`${HOST}/d1/m1/?api-version=1`, 'd1'],
    [`${HOST}/d1/?api-version=1`, 'd1/m1'],
    [`${HOST}/d1?api-version=1`, 'd1'],
    [`${HOST}/d1api-version=1`, 'd1'],
    [`${HOST}//d1/?api-version=1`, 'd1'],
    [`other.example.com/d1/?api-version=1`, 'd1'],
    [`${HOST}.evil/d1/?api-version=1`, 'd1'],
    [`${HOST}:x/d1/?api-version=1`, 'd1'],
    [`${HOST}/d1/?model-id=${'x'.repeat(2049)}`, 'd1'],
  ])('refuses %s of %s', (userName, clientId) => {
    expect(parseUserName(userName, clientId, HOST)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (userName, clientId) => {
        parseUserName(userName, clientId, HOST);
        parseUserName(`${HOST}/${clientId}${userName}`, clientId, HOST);
      }),
    );
  });
});
