/** What an event tells of, in the header `iothub-message-source`; the names are Azure's. */
export const MESSAGE_SOURCE = {
  telemetry: 'Telemetry',
  twinChange: 'twinChangeEvents',
  deviceLifecycle: 'deviceLifecycleEvents',
  deviceJobLifecycle: 'deviceJobLifecycleEvents',
  deviceConnectionState: 'deviceConnectionStateEvents',
  digitalTwinChange: 'digitalTwinChangeEvents',
} as const;

export type MessageSource = (typeof MESSAGE_SOURCE)[keyof typeof MESSAGE_SOURCE];
