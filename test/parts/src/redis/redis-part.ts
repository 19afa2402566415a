import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../process/free-port.js';
import { makePartFolder, removePartFolder } from '../process/part-folder.js';
import { type PartControl, PartProcess } from '../process/part-process.js';

export interface RedisPart extends PartControl {
  /** `redis://127.0.0.1:port` */
  readonly url: string;
  /** Forgets everything, as if it had been emptied. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an empty Redis that keeps nothing on disk: started again after a stop, it is empty again. */
export async function startRedis(): Promise<RedisPart> {
  const folder = await makePartFolder('redis');
  const port = await freePort();
  const part = new RedisServer(folder, port);
  await part.start();
  return part;
}

class RedisServer extends PartProcess implements RedisPart {
  readonly url: string;

  constructor(
    private readonly folder: string,
    port: number,
  ) {
    const options = [
      '--port',
      String(port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
      '--dir',
      folder,
    ];
    super({
      name: 'Redis',
      command: 'redis-server',
      args: options,
      cwd: folder,
      log: join(folder, 'output.log'),
      readyTimeoutMs: 15_000,
      isReady: () => this.#with(async (redis) => (await redis.ping()) === 'PONG'),
    });
    this.url = `redis://127.0.0.1:${port}`;
  }

  async flush(): Promise<void> {
    await this.#with((redis) => redis.flushall());
  }

  async close(): Promise<void> {
    await this.kill();
    await removePartFolder(this.folder);
  }

  async #with<T>(act: (redis: Redis) => Promise<T>): Promise<T> {
    const options = { lazyConnect: true, maxRetriesPerRequest: 0, disconnectTimeout: 100 };
    const redis = new Redis(this.url, { ...options, retryStrategy: () => null });
    // Reported by the call that fails because of it.
    redis.on('error', () => undefined);
    try {
      await redis.connect();
      return await act(redis);
    } finally {
      redis.disconnect();
    }
  }
}
