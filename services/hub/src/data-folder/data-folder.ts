import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Only the owner of the process may read a file that holds a secret. */
const SECRET_MODE = 0o600;
const PUBLIC_MODE = 0o644;

/** The hub's only writable folder. */
export class DataFolder {
  readonly path: string;

  /** Makes the folder where it is missing. */
  constructor(path: string) {
    this.path = resolve(path);
    mkdirSync(this.path, { recursive: true });
  }

  /** Path of a file or folder in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string | undefined {
    const path = this.file(name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }

  writeSecret(name: string, text: string): void {
    this.write(name, text, SECRET_MODE);
  }

  writePublic(name: string, text: string): void {
    this.write(name, text, PUBLIC_MODE);
  }

  /** Readers see the old text or the new one, never a part; an unchanged file is left alone. */
  private write(name: string, text: string, mode: number): void {
    const path = this.file(name);
    if (this.read(name) !== text) {
      writeFileSync(`${path}.new`, text, { mode });
      renameSync(`${path}.new`, path);
    }
    chmodSync(path, mode);
  }
}
