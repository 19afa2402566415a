import { describe, expect, it } from '@jest/globals';
import { identity } from '@mooring/proto';
import { deviceFromJson, deviceInputSchema, deviceToJson } from './device.js';

const KEY = { deviceId: 'd1', moduleId: '' };

describe('deviceToJson', () => {
  it('shows all that is known of a device', () => {
    const device = identity.Identity.fromPartial({
      key: KEY,
      generationId: '1',
      etag: 'AAE=',
      authentication: {
        type: identity.AuthenticationType.SELF_SIGNED,
        primaryThumbprint: 'A'.repeat(40),
        secondaryThumbprint: 'B'.repeat(64),
      },
      status: identity.Status.DISABLED,
      statusReason: 'stolen',
      statusUpdatedTimeMs: 1_720_346_400_000,
      connectionState: identity.ConnectionState.CONNECTED,
      connectionStateUpdatedTimeMs: 1_720_346_400_001,
      lastActivityTimeMs: 1_720_346_400_002,
      cloudToDeviceMessageCount: 3,
      iotEdge: true,
      deviceScope: 'ms-azure-iot-edge://d1-1',
      parentScopes: ['ms-azure-iot-edge://p-1'],
    });
    expect(deviceToJson(device)).toEqual({
      deviceId: 'd1',
      generationId: '1',
      etag: 'AAE=',
      connectionState: 'Connected',
      connectionStateUpdatedTime: '2024-07-07T10:00:00.001Z',
      lastActivityTime: '2024-07-07T10:00:00.002Z',
      cloudToDeviceMessageCount: 3,
      status: 'disabled',
      statusReason: 'stolen',
      statusUpdatedTime: '2024-07-07T10:00:00.000Z',
      authentication: {
        symmetricKey: { primaryKey: null, secondaryKey: null },
        x509Thumbprint: { primaryThumbprint: 'A'.repeat(40), secondaryThumbprint: 'B'.repeat(64) },
        type: 'selfSigned',
      },
      capabilities: { iotEdge: true },
      deviceScope: 'ms-azure-iot-edge://d1-1',
      parentScopes: ['ms-azure-iot-edge://p-1'],
    });
  });

  it('gives back what an update may send as it was read', () => {
    const device = identity.Identity.fromPartial({
      key: KEY,
      authentication: { type: identity.AuthenticationType.CERTIFICATE_AUTHORITY },
      status: identity.Status.ENABLED,
      iotEdge: false,
      deviceScope: 'scope',
      parentScopes: ['scope'],
    });
    const sentBack: unknown = JSON.parse(JSON.stringify(deviceToJson(device)));
    expect(deviceFromJson(KEY, deviceInputSchema.parse(sentBack))).toEqual(device);
  });
});
