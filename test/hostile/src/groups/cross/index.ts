import { readNumbers, ServiceClient } from '@mooring/test-fleet';
import { until } from '@mooring/test-parts';
import { operationRecords } from '../../harness/operation-records.js';
import type { Group, Stage, Target } from '../../stage.js';
import { runTrials } from '../../trials/run-trials.js';
import { matrix } from './matrix.js';

/** Azure's numbers for those who may not, and for identities that there are none of. */
const REFUSED = /^(401|404001|404010)/;

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
  const unrecordedBefore = await unrecorded(target);
  const { byDevices, byModule } = matrix();
  await runTrials(stage, byDevices);
  await runTrials(stage, byModule, 1);
  if ((await belongings(target)) !== before) {
    findings.accepted.push('what belongs to the victim is not what it was');
  }
  const expected = [...byDevices, ...byModule].filter(({ recorded }) => recorded).length;
  const found = await untilRecorded(stage, expected, { since, unrecordedBefore });
  findings.notes.push(`recorded: ${found} of ${expected} that were refused where devices are served`);
  if (found < expected) {
    findings.otherwise.push(`${expected - found} refusals left no operation record`);
  }
}

/** Records are written behind what they are of. @returns how many there are in the end */
async function untilRecorded(
  { target }: Stage,
  expected: number,
  { since, unrecordedBefore }: { readonly since: Date; readonly unrecordedBefore: number },
): Promise<number> {
  const refusals = async (): Promise<number> => {
    const records = await operationRecords(target, 'Connections', since);
    const left = records.filter(({ resultType = '' }) => REFUSED.test(resultType)).length;
    // Beyond so many a second they are counted only.
    return left + (await unrecorded(target)) - unrecordedBefore;
  };
  const all = async () => (await refusals()) >= expected;
  await until(all, { what: 'all records', timeoutMs: 10_000, everyMs: 250 }).catch(() => undefined);
  return refusals();
}

async function unrecorded(target: Target): Promise<number> {
  const counts = [...(await target.metrics()).matchAll(/^mooring_edge_refusals_unrecorded_total (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

export const CROSS: Group = {
  name: 'cross',
  tries: 'each operation of each protocol by device on device, module on device, device on service, policy on device',
  attack,
};
