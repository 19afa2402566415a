import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import { peerNameOf } from '../client/channel-options.js';
import type { Contract, ContractDefinition } from '../contract-definition.js';
import { Loopback } from './loopback.js';

/**
 * Runs the same tests on a contract reached in both ways: the implementation itself, and a client of it over mutual TLS on
 * the loopback interface. No caller may be able to tell which.
 * @param makeImplementation called before each test
 * @param tests declares them with `it`; `service()` is the contract, within a test
 */
export function inBothWays<D extends ContractDefinition>(
  definition: D,
  makeImplementation: () => Contract<D> | Promise<Contract<D>>,
  tests: (service: () => Contract<D>) => void,
): void {
  describe('in the same process', () => {
    let implementation: Contract<D> | undefined;
    beforeEach(async () => {
      implementation = await makeImplementation();
    });
    tests(() => present(implementation));
  });

  describe('in another process', () => {
    let loopback: Loopback | undefined;
    let service: Contract<D> | undefined;
    beforeAll(async () => {
      loopback = await Loopback.open([peerNameOf(definition)]);
    });
    beforeEach(async () => {
      service = await present(loopback).connect(definition, await makeImplementation());
    });
    afterEach(() => loopback?.disconnect());
    afterAll(() => loopback?.close());
    tests(() => present(service));
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error('The contract can be used within tests only.');
  }
  return value;
}
