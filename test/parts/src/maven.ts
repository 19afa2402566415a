import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cached, packageFolder } from './cache.js';
import { run } from './process/run.js';

/** The pom.xml of a part of this package. */
export function pomOf(part: string): string {
  return join(packageFolder, part, 'pom.xml');
}

/** Copies what a pom.xml names, with all dependencies, into a folder. */
export async function copyJars(pom: string, folder: string): Promise<void> {
  const args = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
  await run('mvn', args, { timeoutMs: 600_000 });
}

export interface JavaProgram {
  readonly name: string;
  /** Of what it is compiled against and runs with. */
  readonly pom: string;
  /** Holds its sources, and nothing else. */
  readonly sources: string;
}

/** The class path of a program, which is compiled on first use and when its sources have changed. */
export async function javaProgram({ name, pom, sources }: JavaProgram): Promise<string> {
  const files = (await readdir(sources)).sort().map((file) => join(sources, file));
  const folder = await cached({
    name,
    sources: [pom, ...files],
    make: async (folder) => {
      const [lib, classes] = [join(folder, 'lib'), join(folder, 'classes')];
      await mkdir(classes);
      await copyJars(pom, lib);
      await run('javac', ['--release', '17', '-d', classes, '-cp', `${lib}/*`, ...files], { timeoutMs: 120_000 });
    },
  });
  return `${folder}/classes:${folder}/lib/*`;
}
