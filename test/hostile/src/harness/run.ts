import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '@mooring/test-fleet';
import { HonestDevices } from '../honest/honest-devices.js';
import type { HonestFigures } from '../honest/messages.js';
import type { Plan } from '../plan.js';
import type { Group, Stage, Target } from '../stage.js';
import { Findings } from '../trials/findings.js';
import { assemble } from './cast.js';
import { forgetPeaks, highestMiB } from './memory.js';
import { Secrets } from './secrets.js';

/** What a group of attacks came to. */
export interface GroupResult {
  readonly group: Group;
  readonly findings: Findings;
  readonly seconds: number;
  readonly highestMiB: number;
  readonly honest: HonestFigures;
  /** How often a process of the hub ended or threw. */
  readonly crashes: number;
}

export interface RunResult {
  /** Of the honest devices, with nobody attacking. */
  readonly before: HonestFigures;
  readonly groups: readonly GroupResult[];
  /** Secrets in what the hub wrote. */
  readonly leaked: number;
}

const THROWN = /uncaught|unhandled/gi;

/** Attacks a hub that has honest devices with one group after the other, and ends it. */
export async function run(
  plan: Omit<Plan, 'processes'>,
  target: Target,
  tell: (line: string) => void = () => undefined,
): Promise<RunResult> {
  const secrets = new Secrets();
  let honest: HonestDevices | undefined;
  try {
    const cast = await assemble(target, secrets);
    honest = await HonestDevices.start(target, secrets);
    await honest.figures();
    await pause(plan.seconds * 500);
    const before = await honest.figures();
    const random = new Random(plan.seed);
    const groups: GroupResult[] = [];
    for (const group of plan.groups) {
      tell(`${group.name}: ${group.tries}`);
      const { quick, seconds } = plan;
      groups.push(await attack(group, { target, cast, honest, random: random.fork(), quick, seconds }));
    }
    return { before, groups, leaked: secrets.leakedIn(target.output()) };
  } finally {
    await honest?.close();
    await target.close();
  }
}

async function attack(group: Group, about: Omit<Stage, 'findings'>): Promise<GroupResult> {
  const { target, honest } = about;
  const findings = new Findings();
  const before = target.pids();
  const thrownBefore = thrown(target);
  const start = performance.now();
  forgetPeaks(before);
  await honest.figures();
  await group.attack({ ...about, findings });
  const pids = target.pids();
  return {
    group,
    findings,
    seconds: (performance.now() - start) / 1000,
    highestMiB: highestMiB(pids),
    honest: await honest.figures(),
    crashes: before.filter((pid) => !pids.includes(pid)).length + thrown(target) - thrownBefore,
  };
}

function thrown(target: Target): number {
  return target.output().match(THROWN)?.length ?? 0;
}
