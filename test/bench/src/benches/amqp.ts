import { Load } from '../load/load.js';
import type { AmqpShape } from '../load/messages.js';
import { type Idle, measureIdle } from '../measure/idle.js';
import { median } from '../measure/statistics.js';
import { measureThroughput, type Throughput } from '../measure/throughput.js';
import type { Plan } from '../plan.js';
import { printIdle, printThroughput, throughputTitle } from '../report.js';
import { selectTargets, type TargetKind } from '../targets/kinds.js';

interface Shape {
  readonly kind: string;
  readonly inFlight: number;
  readonly amqp: AmqpShape;
}

/** What telemetry over AMQP costs, and a silent device with links for telemetry and messages. */
export async function amqp(plan: Plan): Promise<void> {
  const { kinds, close } = await selectTargets(['edge', 'embedded']);
  try {
    const shapes = shapesOf(plan);
    const measured: { kind: TargetKind; figures: readonly Throughput[] }[] = [];
    for (const kind of kinds) {
      measured.push({ kind, figures: await throughputsOf(kind, plan, shapes) });
    }
    for (const [index, { kind, inFlight }] of shapes.entries()) {
      const rows = measured.flatMap((one) => {
        const figures = one.figures[index];
        return figures === undefined ? [] : [{ kind: one.kind, figures }];
      });
      printThroughput(throughputTitle(kind, { ...plan, inFlight }), rows);
    }
    if (plan.idleDevices > 0) {
      const rows: { kind: TargetKind; figures: Idle }[] = [];
      for (const kind of kinds) {
        rows.push({ kind, figures: await idleOf(kind, plan) });
      }
      const links = 'links for tokens, telemetry and messages';
      printIdle(
        `${plan.idleDevices} devices over AMQP, each a TLS 1.3 connection with ${links}, that are silent`,
        rows,
      );
    }
  } finally {
    await close();
  }
}

function shapesOf({ inFlight, devices }: Plan): readonly Shape[] {
  const alone = inFlight.map((count) => ({
    kind: 'devices over AMQP and TLS 1.3',
    inFlight: count,
    amqp: { devicesPerConnection: 1, receiving: false },
  }));
  return [
    ...alone,
    {
      kind: 'devices multiplexed on one AMQP connection over TLS 1.3',
      inFlight: inFlight[0] ?? 1,
      amqp: { devicesPerConnection: devices, receiving: false },
    },
  ];
}

async function throughputsOf(kind: TargetKind, plan: Plan, shapes: readonly Shape[]): Promise<readonly Throughput[]> {
  const target = await kind.start();
  const load = new Load();
  try {
    const figures: Throughput[] = [];
    for (const { inFlight, amqp: shape } of shapes) {
      figures.push(await measureThroughput(target, load, { ...plan, inFlight, amqp: shape }));
    }
    return figures;
  } finally {
    await load.close();
    await target.close();
  }
}

/** Memory is only comparable in a fresh process, so each run starts its own. */
async function idleOf(kind: TargetKind, plan: Plan): Promise<Idle> {
  const runs: Idle[] = [];
  for (let run = 0; run < plan.runs; run++) {
    const target = await kind.start();
    const load = new Load();
    try {
      const shape = { devicesPerConnection: 1, receiving: true };
      runs.push(await measureIdle(target, load, { devices: plan.idleDevices, amqp: shape }));
    } finally {
      await load.close();
      await target.close();
    }
  }
  return {
    residentKiBPerDevice: median(runs.map((run) => run.residentKiBPerDevice)),
    connectsPerCpuSecond: median(runs.map((run) => run.connectsPerCpuSecond)),
  };
}
