import type { PolicyRight } from '../domain/policy.js';
import type { RightName } from '../options.js';

const RIGHTS: Readonly<Record<RightName, PolicyRight>> = {
  RegistryRead: 'registryRead',
  RegistryWrite: 'registryWrite',
  ServiceConnect: 'serviceConnect',
  DeviceConnect: 'deviceConnect',
};

/** A right as the configuration spells it. */
export function fromRightName(name: RightName): PolicyRight {
  return RIGHTS[name];
}
