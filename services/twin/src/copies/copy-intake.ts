import { nameOfKey } from '@mooring/credentials';
import type { EventLog, Subscription } from '@mooring/event-log';
import { type ChangedPart, readChangeNotice } from '@mooring/messages';

/** Applies the owner's truth, as it is now, to the twins of these names. */
export type CopyTask = (names: readonly string[]) => Promise<void>;

export interface CopyIntakeOptions {
  readonly log: EventLog;
  /** Of change notices. */
  readonly topic: string;
  readonly group: string;
  readonly part: ChangedPart;
  readonly copy: CopyTask;
}

/** Notices taken at a time; what changes over and over is copied once. */
const MAX_NOTICES = 1_000;

/**
 * Keeps one kind of copy up to date. Each kind is a group of its own, so that an owner that cannot be reached holds up its
 * own copies alone, and these are made up for once it can, whatever has died meanwhile.
 */
export class CopyIntake {
  private subscription: Subscription | undefined;

  constructor(private readonly options: CopyIntakeOptions) {}

  async start(): Promise<void> {
    const { log, topic, group, part, copy } = this.options;
    this.subscription = await log.consume(
      { topic, group, from: 'earliest', maxRecords: MAX_NOTICES },
      async (records) => {
        const names = new Set<string>();
        for (const record of records) {
          const notice = readChangeNotice(record);
          const name = notice?.part === part ? nameOfKey(notice) : undefined;
          if (name !== undefined) {
            names.add(name);
          }
        }
        if (names.size > 0) {
          await copy([...names]);
        }
      },
    );
  }

  async stop(): Promise<void> {
    await this.subscription?.close();
  }
}
