import { type HubAccess, until } from '@mooring/test-parts';
import { ReconnectingDevice } from '../device/reconnecting-device.js';
import { judgeTwin, type TwinChange } from '../history/twin-history.js';
import { Random } from '../random.js';
import { registerDevices } from '../register-devices.js';
import { ServiceClient } from '../service-client.js';
import { ContendedTwin, type Round } from './contended-twin.js';

export interface TwinCampaignOptions {
  readonly hub: HubAccess;
  /** What devices dial, one or another. */
  readonly addresses: readonly string[];
  readonly seed: number;
  /** Of a writer between two changes, at most; 80 unless given. */
  readonly pauseMs?: number;
}

/** Gives the changes of twins by device, in the order of the event log, as far as they are there by now. */
export type ReadChanges = () => Promise<ReadonlyMap<string, readonly TwinChange[]>>;

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
const PAUSE_MS = 80;

/** Writers of a few twins, and all that they and the readers of changes are told. */
export class TwinCampaign {
  private readonly twins: ContendedTwin[] = [];
  private readonly devices: ReconnectingDevice[] = [];

  private constructor(private readonly client: ServiceClient) {}

  static async start({ hub, addresses, seed, pauseMs = PAUSE_MS }: TwinCampaignOptions): Promise<TwinCampaign> {
    const campaign = new TwinCampaign(new ServiceClient(hub));
    const { client, devices, twins } = campaign;
    const seeds = new Random(seed);
    for (const credentials of await registerDevices(hub, [...CONTENDED, DISPUTED])) {
      const { deviceId } = credentials;
      const [random, choices] = [seeds.fork(), seeds.fork()];
      const device = new ReconnectingDevice({ hub, credentials, dial: () => choices.pick(addresses) });
      devices.push(device);
      const kinds =
        deviceId === DISPUTED ? { writers: 0, reporters: 1, rivals: 4 } : { writers: 3, reporters: 2, rivals: 2 };
      twins.push(await ContendedTwin.start({ deviceId, client, random, device, pauseMs, ...kinds }));
    }
    return campaign;
  }

  /** Waits for so many more accepted changes. */
  async progress(count: number): Promise<void> {
    const goal = this.accepted + count;
    await until(() => this.accepted >= goal, { what: `${count} accepted changes`, timeoutMs: PATIENCE_MS });
  }

  /** Stops all writers, waits for all changes in the event log, and judges. */
  async finish(read: ReadChanges): Promise<TwinCampaignVerdict> {
    const after = new Map<ContendedTwin, Awaited<ReturnType<ContendedTwin['settle']>>>();
    await Promise.all(this.twins.map(async (twin) => after.set(twin, await twin.settle())));
    let changes = await read();
    const isComplete = async (): Promise<boolean> => {
      changes = await read();
      return [...after].every(([{ deviceId }, { version }]) =>
        changes.get(deviceId)?.some((change) => change.version === version),
      );
    };
    // If they do not come, the verdict tells.
    await until(isComplete, { what: 'all changes', timeoutMs: PATIENCE_MS, everyMs: 200 }).catch(() => undefined);
    const violations = [...after].flatMap(([twin, last]) => {
      const { attempts, before, deviceId } = twin;
      const found = judgeTwin({ attempts, changes: changes.get(deviceId) ?? [], before, after: last });
      return found.map((text) => `${deviceId}: ${text}`);
    });
    const answered =
      this.twins.find(({ deviceId }) => deviceId === DISPUTED)?.rounds.filter(({ isAnswered }) => isAnswered) ?? [];
    return {
      accepted: this.accepted,
      violations,
      rounds: answered.length,
      unfair: answered.filter(({ winners }) => winners !== 1),
    };
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
