import { setTimeout as pause } from 'node:timers/promises';
import { until } from '@mooring/test-parts';
import type { ReconnectingDevice } from '../device/reconnecting-device.js';
import type { TwinAttempt, TwinSection, TwinState, TwinValue } from '../history/twin-history.js';
import type { Random } from '../random.js';
import type { ServiceAnswer, ServiceClient } from '../service-client.js';
import { type TwinDocument, valuesOf } from './twin-documents.js';

export interface ContendedTwinOptions {
  readonly deviceId: string;
  readonly client: ServiceClient;
  readonly random: Random;
  readonly device: ReconnectingDevice;
  /** Writers that ask for no entity tag, and reporters. */
  readonly writers: number;
  readonly reporters: number;
  /** Writers that all ask for the same entity tag, the one that was just read; in rounds. */
  readonly rivals: number;
  /** Of a writer between two changes, at most. */
  readonly pauseMs: number;
}

/** A round of rivals; whether all of them were answered, and how many won. */
export interface Round {
  readonly isAnswered: boolean;
  readonly winners: number;
}

const PATIENCE_MS = 45_000;
const ANSWER_TIMEOUT_MS = 10_000;
const RETRY_MS = 100;

/** One twin with many writers, each of which has places of its own; and all that they were told. */
export class ContendedTwin {
  readonly attempts: TwinAttempt[] = [];
  readonly rounds: Round[] = [];
  accepted = 0;
  private moment = 0;
  private nextValue = 1;
  private running = true;
  private readonly writing: Promise<unknown>;

  private constructor(
    private readonly options: ContendedTwinOptions,
    readonly before: TwinState,
  ) {
    const { writers, reporters, rivals } = options;
    this.writing = Promise.all([
      ...numbers(writers).map((n) => this.always(() => this.write(`writer${n}`))),
      ...numbers(reporters).map((n) => this.always(() => this.report(`reporter${n}`))),
      ...(rivals === 0 ? [] : [this.always(() => this.compete(rivals))]),
    ]);
  }

  static async start(options: ContendedTwinOptions): Promise<ContendedTwin> {
    return new ContendedTwin(options, await readTwin(options));
  }

  get deviceId(): string {
    return this.options.deviceId;
  }

  /** Lets every writer end what it has begun. @returns the twin after that */
  async settle(): Promise<TwinState> {
    await this.stop();
    return readTwin(this.options);
  }

  async stop(): Promise<void> {
    this.running = false;
    await this.writing;
  }

  private async always(act: () => Promise<unknown>): Promise<void> {
    while (this.running) {
      await act();
      await pause(this.options.random.below(this.options.pauseMs));
    }
  }

  private async write(key: string, ifMatch?: string): Promise<TwinAttempt['outcome']> {
    const section = this.options.random.pick(['tags', 'desired'] as const);
    const value = this.newValue(section, key);
    const startedAt = this.moment++;
    const written = { [key]: value.value };
    const answer = await this.ask({
      method: 'PATCH',
      body: JSON.stringify(section === 'tags' ? { tags: written } : { properties: { desired: written } }),
      headers: { 'if-match': ifMatch ?? '*' },
    });
    const outcome = outcomeOf(answer);
    const version = outcome === 'accepted' ? { version: (JSON.parse(answer?.body ?? '') as TwinDocument).version } : {};
    this.keep({ ...value, ...version, ...(ifMatch !== undefined && { ifMatch }), startedAt, outcome });
    return outcome;
  }

  private async report(key: string): Promise<void> {
    const value = this.newValue('reported', key);
    const startedAt = this.moment++;
    try {
      const version = await this.options.device.report({ [key]: value.value });
      this.keep({
        ...value,
        startedAt,
        ...(version === undefined ? { outcome: 'unanswered' } : { outcome: 'accepted', version }),
      });
    } catch {
      await pause(RETRY_MS);
    }
  }

  private async compete(rivals: number): Promise<void> {
    const read = await this.ask({ method: 'GET' });
    if (read?.status !== 200) {
      await pause(RETRY_MS);
      return;
    }
    const { etag } = JSON.parse(read.body) as TwinDocument;
    const outcomes = await Promise.all(numbers(rivals).map((n) => this.write(`rival${n}`, `"${etag}"`)));
    this.rounds.push({
      isAnswered: !outcomes.includes('unanswered'),
      winners: outcomes.filter((outcome) => outcome === 'accepted').length,
    });
  }

  private newValue(section: TwinSection, key: string): TwinValue {
    return { section, key, value: this.nextValue++ };
  }

  private keep(attempt: Omit<TwinAttempt, 'endedAt'>): void {
    this.attempts.push({ ...attempt, endedAt: this.moment++ });
    this.accepted += attempt.outcome === 'accepted' ? 1 : 0;
  }

  private ask(request: Omit<Parameters<ServiceClient['ask']>[0], 'path'>): Promise<ServiceAnswer | undefined> {
    const path = `/twins/${this.deviceId}`;
    return this.options.client.ask({ ...request, path, timeoutMs: ANSWER_TIMEOUT_MS }).catch(() => undefined);
  }
}

/** What the hub is sure of it says with 2xx or 4xx. */
function outcomeOf(answer: ServiceAnswer | undefined): TwinAttempt['outcome'] {
  if (answer?.status === 200) {
    return 'accepted';
  }
  return answer !== undefined && answer.status >= 400 && answer.status < 500 ? 'refused' : 'unanswered';
}

async function readTwin({ client, deviceId }: ContendedTwinOptions): Promise<TwinState> {
  const text = await until(() => client.call('GET', `/twins/${deviceId}`), {
    what: `the twin of ${deviceId}`,
    timeoutMs: PATIENCE_MS,
  });
  const twin = JSON.parse(text) as TwinDocument;
  return {
    version: twin.version,
    desiredVersion: twin.properties?.desired?.$version ?? 0,
    reportedVersion: twin.properties?.reported?.$version ?? 0,
    values: valuesOf(twin),
  };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
