/** A process of the hub that runs. */
export interface RunningHub {
  /** Drains: no new connections, what is in flight is acknowledged, devices are closed in the protocol's own way. */
  stop(): Promise<void>;
}

/** Time beyond the drain's own bound after which the process ends in any case. */
const LAST_RESORT_MS = 10_000;

/** Waits for SIGTERM or SIGINT, drains and ends the process: with 0 if all went well, else with 1. A second signal ends it at once. */
export async function runUntilSignal(hub: RunningHub, drainMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  process.once('SIGINT', () => process.exit(1));
  setTimeout(() => {
    process.stderr.write('mooring: the drain did not end in time\n');
    process.exit(1);
  }, drainMs + LAST_RESORT_MS).unref();
  await hub.stop();
  process.exit(0);
}
