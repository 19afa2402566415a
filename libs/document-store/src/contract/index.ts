import { describe } from '@jest/globals';
import { bulkContract } from './bulk-contract.js';
import { type ContractSubject, useBench } from './contract-subject.js';
import { pageContract } from './page-contract.js';
import { patchContract } from './patch-contract.js';
import { type QueryContractOptions, queryContract } from './query-contract.js';
import { writeContract } from './write-contract.js';

export type { ContractSubject } from './contract-subject.js';

export interface ContractOptions {
  /**
   * How many sets of random documents the queries are compared on (60 unless given), and a seed that makes them the same each
   * time, for a server that has faults of its own.
   */
  readonly query?: QueryContractOptions;
}

/** What every document store must do. */
export function documentStoreContract(
  adapter: string,
  makeSubject: () => Promise<ContractSubject>,
  options: ContractOptions = {},
): void {
  describe(`document store: ${adapter}`, () => {
    const bench = useBench(makeSubject);
    describe('put, get and delete', () => writeContract(bench));
    describe('patch', () => patchContract(bench));
    describe('bulk', () => bulkContract(bench));
    describe('page', () => pageContract(bench));
    describe('query and count', () => queryContract(bench, { numRuns: 60, ...options.query }));
  });
}
