import { describe, expect, it } from '@jest/globals';
import { rightsOfRoles } from './role-rights.js';

describe('rightsOfRoles', () => {
  it.each([
    [
      ['RegistryRead', 'ServiceConnect'],
      ['RegistryRead', 'ServiceConnect'],
    ],
    [['serviceconnect'], ['ServiceConnect']],
    ['DeviceConnect', ['DeviceConnect']],
    [['IoT Hub Data Contributor'], ['RegistryRead', 'RegistryWrite', 'ServiceConnect', 'DeviceConnect']],
    [['IoTHubDataReader'], ['RegistryRead']],
    [['IoT.Hub.Registry.Contributor'], ['RegistryRead', 'RegistryWrite']],
    [['iot-hub_twin contributor'], ['RegistryRead', 'ServiceConnect']],
    [
      ['IoT Hub Data Reader', 'IoT Hub Twin Contributor'],
      ['RegistryRead', 'ServiceConnect'],
    ],
    [['Owner', 'Contributor', '__proto__', 5, null, ['ServiceConnect']], []],
    [undefined, []],
    [{ ServiceConnect: true }, []],
  ])('%j gives %j', (roles, rights) => {
    expect([...rightsOfRoles(roles)]).toEqual(rights);
  });
});
