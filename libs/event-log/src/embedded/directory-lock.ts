import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventLogError } from '../errors.js';

/**
 * Keeps other processes, and other logs of this one, out of a directory for as long as this process lives. Node.js has no
 * call for file locks; SQLite's exclusive mode holds one that the operating system itself releases when the process dies.
 */
export class DirectoryLock {
  private constructor(private readonly database: DatabaseSync) {}

  /** @throws EventLogError if the directory is in use */
  static acquire(directory: string): DirectoryLock {
    const database = new DatabaseSync(join(directory, 'in-use'));
    try {
      database.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    } catch (error) {
      database.close();
      throw new EventLogError(`The event log in ${directory} is in use by another process.`, { cause: error });
    }
    return new DirectoryLock(database);
  }

  release(): void {
    this.database.close();
  }
}
