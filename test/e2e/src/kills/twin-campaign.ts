import {
  judgeTwin,
  Random,
  registerDevices,
  ServiceClient,
  type TwinChange,
  trustAuthority,
} from '@mooring/test-fleet';
import { until } from '@mooring/test-parts';
import { EventCollector } from '../support/event-collector.js';
import { ContendedTwin, type Round } from './contended-twin.js';
import { ReportingDevice } from './reporting-device.js';
import { changeOf, type TwinDocument } from './twin-documents.js';
import type { Victim } from './victims.js';

export interface TwinCampaignVerdict {
  readonly accepted: number;
  readonly violations: readonly string[];
  /** Rounds of rivals for one entity tag, which nobody else changes, all of whom were answered. */
  readonly rounds: number;
  /** Those of them that not exactly one has won. */
  readonly unfair: readonly Round[];
}

const PATIENCE_MS = 45_000;
/** Twins that all kinds of writers write to at once, and one whose entity tag only rivals change: reports do not. */
const CONTENDED = ['contended-0', 'contended-1', 'contended-2'];
const DISPUTED = 'disputed';

/** Writers of a few twins, and all that they and the readers of changes are told. */
export class TwinCampaign {
  private readonly twins: ContendedTwin[] = [];
  private readonly devices: ReportingDevice[] = [];

  private constructor(
    private readonly victim: Victim,
    private readonly client: ServiceClient,
  ) {}

  static async start(victim: Victim, seed: number): Promise<TwinCampaign> {
    const { hub, addresses } = victim;
    const campaign = new TwinCampaign(victim, new ServiceClient(hub));
    const { client, devices, twins } = campaign;
    const seeds = new Random(seed);
    for (const credentials of await registerDevices(hub, [...CONTENDED, DISPUTED])) {
      const { deviceId } = credentials;
      const [random, choices] = [seeds.fork(), seeds.fork()];
      const device = new ReportingDevice({ hub, credentials, dial: () => choices.pick(addresses) });
      devices.push(device);
      const kinds =
        deviceId === DISPUTED ? { writers: 0, reporters: 1, rivals: 4 } : { writers: 3, reporters: 2, rivals: 2 };
      twins.push(await ContendedTwin.start({ deviceId, client, random, device, ...kinds }));
    }
    return campaign;
  }

  /** Waits for so many more accepted changes. */
  async progress(count: number): Promise<void> {
    const goal = this.accepted + count;
    await until(() => this.accepted >= goal, { what: `${count} accepted changes`, timeoutMs: PATIENCE_MS });
  }

  /** Stops all writers, waits for all changes in the event log, and judges. */
  async finish(): Promise<TwinCampaignVerdict> {
    const after = new Map<ContendedTwin, Awaited<ReturnType<ContendedTwin['settle']>>>();
    await Promise.all(this.twins.map(async (twin) => after.set(twin, await twin.settle())));
    trustAuthority(this.victim.hub.ca);
    const collector = EventCollector.open(this.victim.hub);
    try {
      const judge = (): readonly string[] =>
        [...after].flatMap(([twin, last]) => {
          const { attempts, before, deviceId } = twin;
          const changes = changesOf(collector, deviceId);
          return judgeTwin({ attempts, changes, before, after: last }).map((found) => `${deviceId}: ${found}`);
        });
      const isComplete = (): boolean =>
        [...after].every(([{ deviceId }, { version }]) =>
          changesOf(collector, deviceId).some((change) => change.version === version),
        );
      // If they do not come, the verdict tells.
      await until(isComplete, { what: 'all changes', timeoutMs: PATIENCE_MS, everyMs: 200 }).catch(() => undefined);
      const answered =
        this.twins.find(({ deviceId }) => deviceId === DISPUTED)?.rounds.filter(({ isAnswered }) => isAnswered) ?? [];
      return {
        accepted: this.accepted,
        violations: judge(),
        rounds: answered.length,
        unfair: answered.filter(({ winners }) => winners !== 1),
      };
    } finally {
      await collector.close();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.twins.map((twin) => twin.stop()));
    await Promise.all(this.devices.map((device) => device.close()));
    this.client.close();
  }

  private get accepted(): number {
    return this.twins.reduce((sum, twin) => sum + twin.accepted, 0);
  }
}

/** Changes of a twin, in the order of its partition. */
function changesOf({ events }: EventCollector, deviceId: string): TwinChange[] {
  return events
    .filter(
      ({ systemProperties }) =>
        systemProperties?.['iothub-connection-device-id'] === deviceId &&
        systemProperties['iothub-message-source'] === 'twinChangeEvents',
    )
    .map(({ body }) => changeOf(body as TwinDocument));
}
