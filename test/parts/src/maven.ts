import { join } from 'node:path';
import { packageFolder } from './cache.js';
import { run } from './process/run.js';

/** The pom.xml of a part of this package. */
export function pomOf(part: string): string {
  return join(packageFolder, part, 'pom.xml');
}

/** Copies what a part's pom.xml names, with all dependencies, into a folder. */
export async function copyJars(part: string, folder: string): Promise<void> {
  const args = ['-q', '-B', '-f', pomOf(part), 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  await run('mvn', args, { timeoutMs: 600_000 });
}
