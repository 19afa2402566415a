import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { registerDevices } from '@mooring/test-fleet';
import type { HubAccess } from '@mooring/test-parts';
import { token } from '../harness/cast.js';
import type { Secrets } from '../harness/secrets.js';
import { type HonestAnswer, type HonestFigures, type HonestStart, PROTOCOLS } from './messages.js';

const DEVICES_PER_PROTOCOL = 2;
const PER_SECOND = 20;
const TOKEN_SECONDS = 24 * 60 * 60;

/** A few devices that send over every protocol at a fixed rate all along. */
export class HonestDevices {
  private constructor(private readonly child: ChildProcess) {}

  static async start(hub: HubAccess, secrets: Secrets): Promise<HonestDevices> {
    const ids = PROTOCOLS.flatMap((protocol) =>
      Array.from({ length: DEVICES_PER_PROTOCOL }, (_, index) => `honest-${protocol}-${index}`),
    );
    const logins = (await registerDevices(hub, ids)).map(({ deviceId, key }) => {
      const login = {
        deviceId,
        token: token({ resource: `${hub.host}/devices/${deviceId}`, key, seconds: TOKEN_SECONDS }),
      };
      secrets.keep(key);
      secrets.keepSignature(login.token);
      return login;
    });
    const [mqtt, amqp, https] = PROTOCOLS.map((_, index) =>
      logins.slice(index * DEVICES_PER_PROTOCOL, (index + 1) * DEVICES_PER_PROTOCOL),
    );
    const devices = new HonestDevices(
      // rhea names the host to TLS even where it is an address, as it is here.
      fork(fileURLToPath(new URL('./process.js', import.meta.url)), { execArgv: ['--disable-warning=DEP0123'] }),
    );
    const start: HonestStart = {
      host: hub.host,
      ca: hub.ca,
      logins: { mqtt: mqtt ?? [], amqp: amqp ?? [], https: https ?? [] },
      perSecond: PER_SECOND,
    };
    try {
      await devices.ask(start);
    } catch (error) {
      await devices.close();
      throw error;
    }
    return devices;
  }

  /** @returns what they saw since this was asked the last time */
  async figures(): Promise<HonestFigures> {
    const answer = await this.ask('figures');
    if (!('figures' in answer)) {
      throw new Error('the honest devices gave no figures');
    }
    return answer.figures;
  }

  async close(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.disconnect();
    await exited;
  }

  private async ask(message: HonestStart | 'figures'): Promise<HonestAnswer> {
    const answered = once(this.child, 'message') as Promise<[HonestAnswer]>;
    this.child.send(message);
    const [answer] = await answered;
    if ('error' in answer) {
      throw new Error(`the honest devices: ${answer.error}`);
    }
    return answer;
  }
}
