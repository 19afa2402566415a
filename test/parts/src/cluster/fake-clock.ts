import { globSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const LIBRARY = '/usr/lib/*/faketime/libfaketimeMT.so.1';
/** For so long a process keeps the offset that it has read. */
const CACHE_SECONDS = 1;

/** The wall clock of one process, which can be set wrong; its monotonic clock goes on as it is. */
export class FakeClock {
  constructor(private readonly file: string) {
    writeFileSync(file, '+0');
  }

  /** For the process, when it starts. @throws Error that names the package that is missing */
  get environment(): Readonly<Record<string, string>> {
    const [library] = globSync(LIBRARY);
    if (library === undefined) {
      throw new Error(`There is no ${LIBRARY}: it is in Debian's package faketime`);
    }
    return {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: String(CACHE_SECONDS),
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Resolves when the process has it. @param seconds from the right time; 0 sets it right */
  async set(seconds: number): Promise<void> {
    writeFileSync(this.file, seconds < 0 ? String(seconds) : `+${seconds}`);
    await pause(2_000 * CACHE_SECONDS);
  }
}
