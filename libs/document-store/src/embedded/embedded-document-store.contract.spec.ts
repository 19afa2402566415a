import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documentStoreContract } from '../contract/index.js';
import { openDocumentStore } from '../open.js';

documentStoreContract('embedded', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'mooring-documents-'));
  return {
    open: () => openDocumentStore({ kind: 'embedded', directory }),
    remove: () => rm(directory, { recursive: true }),
  };
});
