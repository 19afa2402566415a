import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppendLimits } from '../appending/back-pressure.js';
import { type EventLogUnderTest, eventLogContract } from '../contract/index.js';
import { EmbeddedEventLog } from './embedded-event-log.js';

async function open(directory: string, limits: AppendLimits): Promise<EventLogUnderTest> {
  const log = await EmbeddedEventLog.open({ directory, limits });
  return {
    log,
    reopen: async () => {
      await log.close();
      return open(directory, limits);
    },
    dispose: async () => {
      await log.close();
      rmSync(directory, { recursive: true });
    },
  };
}

eventLogContract('embedded', (limits) => open(mkdtempSync(join(tmpdir(), 'mooring-log-')), limits));
