/**
 * Azure IoT Hub's error codes, as its SDKs know them: the numeric code, the HTTP status that carries it and the AMQP
 * condition that stands for it on links. An error of the hub is one of these rows.
 */
export const ERROR_CATALOGUE = {
  InvalidProtocolVersion: { code: 400001, status: 400, condition: 'com.microsoft:argument-error' },
  InvalidOperation: { code: 400003, status: 400, condition: 'amqp:not-allowed' },
  ArgumentInvalid: { code: 400004, status: 400, condition: 'com.microsoft:argument-error' },
  ArgumentNull: { code: 400005, status: 400, condition: 'com.microsoft:argument-error' },
  IotHubFormatError: { code: 400006, status: 400, condition: 'com.microsoft:argument-error' },
  DeviceDefinedMultipleTimes: { code: 400011, status: 400, condition: 'com.microsoft:argument-error' },
  DeserializationError: { code: 400012, status: 400, condition: 'com.microsoft:argument-error' },
  BulkRegistryOperationFailure: { code: 400013, status: 400, condition: 'com.microsoft:argument-error' },
  InvalidDeviceScope: { code: 400036, status: 400, condition: 'com.microsoft:argument-error' },
  ConnectionForcefullyClosedOnNewConnection: { code: 400027, status: 400, condition: 'amqp:link:stolen' },
  CannotRegisterModuleToModule: { code: 400301, status: 400, condition: 'com.microsoft:argument-error' },
  IotHubNotFound: { code: 401001, status: 401, condition: 'com.microsoft:iot-hub-not-found-error' },
  IotHubUnauthorizedAccess: { code: 401002, status: 401, condition: 'amqp:unauthorized-access' },
  IotHubUnauthorized: { code: 401003, status: 401, condition: 'amqp:unauthorized-access' },
  IotHubQuotaExceeded: { code: 403002, status: 403, condition: 'amqp:resource-limit-exceeded' },
  DeviceMaximumQueueDepthExceeded: { code: 403004, status: 403, condition: 'amqp:resource-limit-exceeded' },
  IotHubMaxCbsTokenExceeded: { code: 403005, status: 403, condition: 'amqp:resource-limit-exceeded' },
  DeviceNotFound: { code: 404001, status: 404, condition: 'amqp:not-found' },
  ModuleNotFound: { code: 404010, status: 404, condition: 'amqp:not-found' },
  DeviceNotOnline: { code: 404103, status: 404, condition: 'amqp:not-found' },
  DeviceConnectionClosedRemotely: { code: 404104, status: 404, condition: 'amqp:not-found' },
  ResourceNotFound: { code: 404000, status: 404, condition: 'amqp:not-found' },
  MethodNotAllowed: { code: 405000, status: 405, condition: 'amqp:not-allowed' },
  DeviceAlreadyExists: { code: 409001, status: 409, condition: 'com.microsoft:device-already-exists' },
  LinkCreationConflict: { code: 409002, status: 409, condition: 'amqp:link:stolen' },
  ModuleAlreadyExistsOnDevice: { code: 409301, status: 409, condition: 'com.microsoft:device-already-exists' },
  PreconditionFailed: { code: 412001, status: 412, condition: 'com.microsoft:precondition-failed' },
  DeviceMessageLockLost: { code: 412002, status: 412, condition: 'com.microsoft:message-lock-lost' },
  MessageTooLarge: { code: 413001, status: 413, condition: 'amqp:link:message-size-exceeded' },
  TooManyDevices: { code: 413002, status: 413, condition: 'amqp:resource-limit-exceeded' },
  TooManyModulesOnDevice: { code: 413003, status: 413, condition: 'amqp:resource-limit-exceeded' },
  UnsupportedMediaType: { code: 415000, status: 415, condition: 'com.microsoft:argument-error' },
  GenericTooManyRequests: { code: 429000, status: 429, condition: 'com.microsoft:device-container-throttled' },
  ThrottlingException: { code: 429001, status: 429, condition: 'com.microsoft:device-container-throttled' },
  ServerError: { code: 500001, status: 500, condition: 'amqp:internal-error' },
  GenericBadGateway: { code: 502000, status: 502, condition: 'amqp:internal-error' },
  ServiceUnavailable: { code: 503001, status: 503, condition: 'amqp:internal-error' },
  PartitionNotFound: { code: 503003, status: 503, condition: 'amqp:not-found' },
  GatewayTimeout: { code: 504101, status: 504, condition: 'com.microsoft:timeout' },
} as const satisfies Record<string, { code: number; status: number; condition: string }>;

/** The name of an error as Azure spells it, e.g. `DeviceNotFound`. */
export type ErrorName = keyof typeof ERROR_CATALOGUE;
