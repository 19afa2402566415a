import { describe } from '@jest/globals';
import { bulkContract } from './bulk-contract.js';
import { type ContractSubject, useBench } from './contract-subject.js';
import { pageContract } from './page-contract.js';
import { patchContract } from './patch-contract.js';
import { queryContract } from './query-contract.js';
import { writeContract } from './write-contract.js';

export type { ContractSubject } from './contract-subject.js';

export interface ContractOptions {
  /** How many sets of random documents the queries are compared on; 60 unless given. */
  readonly queryRuns?: number;
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
    describe('query and count', () => queryContract(bench, { runs: options.queryRuns ?? 60 }));
  });
}
