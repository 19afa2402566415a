import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { guardChild, unguardChild } from './guard.js';
import { GiveUp, until } from './until.js';

export interface PartCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; that of this process where absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where its output goes; the end of it is part of the error when it cannot be started. */
  readonly log: string;
  readonly readyTimeoutMs: number;
  /** Resolves once the part answers; rejects or resolves with false as long as it does not. */
  readonly isReady: () => Promise<boolean>;
}

/** What a test can do to a server process. All wait until it is done. */
export interface PartControl {
  /** Starts it (again) on the same port and data, and waits until it answers. */
  start(): Promise<void>;
  /** SIGTERM; waits for the end. */
  stop(): Promise<void>;
  /** SIGKILL; waits for the end. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  readonly pid: number | undefined;
}

export class PartProcess implements PartControl {
  #child: ChildProcess | undefined;
  #spawnError: Error | undefined;

  constructor(private readonly part: PartCommand) {}

  /** Of its last end; undefined if that was by a signal, or while there was none. */
  exitCode: number | undefined;

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async start(): Promise<void> {
    this.launch();
    await this.ready();
  }

  /** Starts it without waiting until it answers. */
  launch(): void {
    if (this.#child !== undefined) {
      throw new Error(`${this.part.name} runs already`);
    }
    const log = openSync(this.part.log, 'a');
    const child = spawn(this.part.command, this.part.args, {
      cwd: this.part.cwd,
      env: { ...(this.part.env ?? process.env) },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#child = child;
    const { pid } = child;
    child.once('error', (error) => {
      this.#spawnError = error;
      this.#ended(child);
    });
    child.once('exit', (code) => {
      this.exitCode = code ?? undefined;
      this.#ended(child);
    });
    if (pid !== undefined) {
      guardChild(pid);
      child.once('exit', () => unguardChild(pid));
    }
  }

  async ready(): Promise<void> {
    const { name, isReady, readyTimeoutMs } = this.part;
    try {
      await until(
        () => {
          if (this.#child === undefined) {
            throw new GiveUp(this.#spawnError?.message ?? 'It ended by itself.', { cause: this.#spawnError });
          }
          return isReady();
        },
        { what: `${name} answers`, timeoutMs: readyTimeoutMs },
      );
    } catch (cause) {
      await this.kill();
      const reason = cause instanceof Error ? cause.message : '';
      throw new Error(`${name} could not be started. ${reason} The end of its output:\n${this.#output()}`, { cause });
    }
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.#end('SIGTERM');
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) {
      return;
    }
    const ended = once(child, 'exit');
    child.kill(signal);
    const patience = setTimeout(() => child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(patience);
  }

  #ended(child: ChildProcess): void {
    if (this.#child === child) {
      this.#child = undefined;
    }
  }

  #output(): string {
    return readFileSync(this.part.log, 'utf8').split('\n').slice(-30).join('\n');
  }
}
