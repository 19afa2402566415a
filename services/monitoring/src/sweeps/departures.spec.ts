import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { newHeaders } from '@mooring/messages';
import { control } from '@mooring/proto';
import { MonitoringFixture, type MonitoringProcess } from '../testing/monitoring-fixture.js';
import { report, stateOf } from '../testing/requests.js';

const { DELETED, DISABLED } = control.CredentialsChanged_Reason;

let fixture: MonitoringFixture;
let running: MonitoringProcess;

beforeEach(async () => {
  fixture = await MonitoringFixture.open();
  running = await fixture.start();
});
afterEach(() => fixture.close());

async function broadcast(value: Buffer): Promise<void> {
  await fixture.ports.log.appender(fixture.topics.control).appendAll([{ key: 'd', headers: newHeaders(), value }]);
}

async function changed(deviceId: string, reason: control.CredentialsChanged_Reason, moduleId = ''): Promise<void> {
  const value = { deviceId, moduleId, generationId: 'g1', version: 1, reason };
  const event = { timeMs: 1, event: { $case: 'credentialsChanged' as const, value } };
  await broadcast(Buffer.from(control.ControlEvent.encode(event).finish()));
}

/** Which of these have a state. */
async function known(...ids: readonly string[]): Promise<string[]> {
  const states = await Promise.all(ids.map((id) => stateOf(running.service, id)));
  return ids.filter((_, index) => states[index]?.generationId !== '');
}

it('states of deleted devices go with those of their modules, once their connections have ended', async () => {
  const { service } = running;
  await fixture.ports.affinity.renewLease({ process: 'e', incarnation: 'i' }, 86_400_000);
  const ids = ['gone', 'gone/m', 'gone-not', 'open', 'anew', 'disabled', 'd/gone', 'd/stays'];
  await report(service, 'e:i', ...ids.map((id) => ({ id, epoch: 1 })));
  await broadcast(Buffer.from('what no release has ever written'));
  for (const id of ['gone', 'open', 'anew', 'never-known']) {
    await changed(id, DELETED);
  }
  await changed('disabled', DISABLED);
  await changed('d', DELETED, 'gone');
  const over = ids.filter((id) => id !== 'open' && id !== 'anew');
  await report(service, 'e:i', ...over.map((id) => ({ id, epoch: 1, connected: false })));
  await report(service, 'e:i', { id: 'anew', epoch: 2, generation: 'g2', connected: false });
  await fixture.until(async () => (await known('gone')).length === 0 || hurry());
  expect(await known(...ids)).toEqual(['gone-not', 'open', 'anew', 'disabled', 'd/stays']);
  expect(fixture.operationsOf('gone')).toEqual(['deviceConnected', 'deviceDisconnected']);
});

/** Ten minutes are long in small steps. */
function hurry(): boolean {
  fixture.clock.advance(5_000);
  return false;
}
