import { join } from 'node:path';
import { packageFolder } from '../cache.js';
import { javaProgram } from '../maven.js';

const program = join(packageFolder, '../java');

// Clients that mostly wait: little memory, and the first compiler alone starts them sooner.
const options = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=error',
];

/** The command of `test/java`, which drives the official device SDK for Java; made on first use. */
export async function javaSdk(): Promise<[command: string, args: string[]]> {
  const classPath = await javaProgram({
    name: 'java-sdk',
    pom: join(program, 'pom.xml'),
    sources: join(program, 'src/mooring/sdk'),
  });
  return ['java', [...options, '-cp', classPath, 'mooring.sdk.Main']];
}
