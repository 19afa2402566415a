import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { packageFolder } from '../cache.js';
import { javaProgram, pomOf } from '../maven.js';
import { freePort } from '../process/free-port.js';
import { makePartFolder, removePartFolder } from '../process/part-folder.js';
import { type PartControl, PartProcess } from '../process/part-process.js';

export interface MongoOptions {
  /** Each write is in a file before it is answered, so that a killed server started again has it; false unless given. */
  readonly durable?: boolean;
}

export interface MongoPart extends PartControl {
  /** `mongodb://127.0.0.1:port` */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts an empty server of MongoDB's protocol (as a MongoDB 7.0 without replicas) on a free loopback port. */
export async function startMongo(options: MongoOptions = {}): Promise<MongoPart> {
  const classPath = await mongoProgram();
  const folder = await makePartFolder('mongo');
  const part = new MongoServer({ classPath, folder, port: await freePort(), durable: options.durable ?? false });
  await part.start();
  return part;
}

function mongoProgram(): Promise<string> {
  return javaProgram({
    name: 'mongo',
    pom: pomOf('mongo'),
    sources: join(packageFolder, 'mongo/java/mooring/mongo'),
  });
}

interface MongoSettings {
  readonly classPath: string;
  readonly folder: string;
  readonly port: number;
  readonly durable: boolean;
}

class MongoServer extends PartProcess implements MongoPart {
  readonly url: string;

  constructor(private readonly settings: MongoSettings) {
    const { classPath, folder, port, durable } = settings;
    const data = durable ? [join(folder, 'data.mv')] : [];
    const options = ['-Xmx256m', '-XX:+UseSerialGC', '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn'];
    super({
      name: 'MongoDB',
      command: 'java',
      args: [...options, '-cp', classPath, 'mooring.mongo.Main', String(port), ...data],
      cwd: folder,
      log: join(folder, 'output.log'),
      readyTimeoutMs: 30_000,
      isReady: () => answersMongo(`mongodb://127.0.0.1:${port}`),
    });
    this.url = `mongodb://127.0.0.1:${port}`;
  }

  async close(): Promise<void> {
    await this.kill();
    await removePartFolder(this.settings.folder);
  }
}

async function answersMongo(url: string): Promise<boolean> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 500 });
  try {
    await client.db('admin').command({ ping: 1 });
    return true;
  } finally {
    await client.close();
  }
}
