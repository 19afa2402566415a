import { Agent, request } from 'node:https';
import { PORT } from '@mooring/test-wire';
import { BODY, type Sender, type SenderOptions } from './sender.js';

const NO_CONTENT = 204;
/** At once: half of what a device may. */
const MAX_REQUESTS = 8;

/** Over HTTPS, on connections that are kept. */
export class HttpsSender implements Sender {
  private readonly agent: Agent;

  constructor(private readonly options: SenderOptions) {
    this.agent = new Agent({ keepAlive: true, ca: options.ca, maxSockets: MAX_REQUESTS });
  }

  send(acknowledged: () => void): void {
    const { host, deviceId, token, harmed } = this.options;
    const posted = request(
      {
        agent: this.agent,
        host,
        port: PORT.https,
        method: 'POST',
        path: `/devices/${deviceId}/messages/events?api-version=2021-04-12`,
        headers: { authorization: token, 'content-type': 'application/octet-stream' },
      },
      (response) => {
        response.resume();
        response.on('end', () => {
          response.statusCode === NO_CONTENT ? acknowledged() : harmed(`${deviceId}: answered ${response.statusCode}`);
        });
      },
    );
    posted.on('error', (error) => harmed(`${deviceId}: ${error.message}`));
    posted.end(BODY);
  }
}
