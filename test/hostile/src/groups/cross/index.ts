import { readNumbers, ServiceClient } from '@mooring/test-fleet';
import { operationRecords } from '../../harness/operation-records.js';
import type { Group, Stage, Target } from '../../stage.js';
import { runTrials } from '../../trials/run-trials.js';
import { matrix } from './matrix.js';

/** What must be as it was before: identities and twins, and what the victim has sent. */
async function belongings(target: Target): Promise<string> {
  const client = new ServiceClient(target);
  try {
    const documents: string[] = [];
    for (const path of ['/devices/victim', '/devices/victim/modules/m', '/twins/victim', '/twins/victim/modules/m']) {
      const { etag, version, authentication, tags, properties, status } = JSON.parse(await client.call('GET', path));
      documents.push(JSON.stringify({ path, etag, version, authentication, tags, properties, status }));
    }
    documents.push(await client.call('GET', '/management/policies'), await client.call('GET', '/statistics/devices'));
    const sent = (await readNumbers(target)).get('victim')?.length ?? 0;
    return [...documents, `events of the victim: ${sent}`].join('\n');
  } finally {
    client.close();
  }
}

async function attack(stage: Stage): Promise<void> {
  const { target, findings } = stage;
  const before = await belongings(target);
  const since = new Date();
  const { byDevices, byModule } = matrix();
  await runTrials(stage, byDevices);
  await runTrials(stage, byModule, 1);
  if ((await belongings(target)) !== before) {
    findings.accepted.push('what belongs to the victim is not what it was');
  }
  const records = await operationRecords(target, 'Connections', since);
  const counts = new Map<string, number>();
  for (const { operationName, resultType, resultDescription } of records) {
    const row = `${operationName} ${resultType ?? 'ok'} ${resultDescription ?? ''}`;
    counts.set(row, (counts.get(row) ?? 0) + 1);
  }
  findings.notes.push(`recorded: ${[...counts].map(([row, count]) => `${row} ${count}`).join(', ')}`);
}

export const CROSS: Group = {
  name: 'cross',
  tries: 'each operation of each protocol by device on device, module on device, device on service, policy on device',
  attack,
};
