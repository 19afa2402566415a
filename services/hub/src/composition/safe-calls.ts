/** Calls of each contract that may be made twice without harm, and so are tried again where no answer came. */
export const SAFE_CALLS = {
  identity: [
    'getIdentity',
    'listDevices',
    'listModules',
    'getStatistics',
    'resolveCredentials',
    'putSessions',
    'listPolicies',
    'listCertificates',
  ],
  directory: ['describeIdentities'],
  monitoring: ['reportConnections', 'reportActivity', 'getStates', 'countConnected', 'listOperations'],
  twin: ['getTwin', 'queryTwins', 'getProperties', 'setModels', 'getDesiredVersions'],
  // A receiver names what it holds, so a second receive gives it the same again.
  c2dQueue: ['count', 'receive', 'settle', 'detach'],
  edge: ['closeConnections', 'findConnections'],
  // A desired change that comes twice has the same version both times.
  delivery: ['pushDesired', 'cancelMethod', 'hintMessages'],
} as const;
