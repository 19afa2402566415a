import { Agent, request } from 'node:https';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import type { HubAccess } from '@mooring/test-parts';

const API_VERSION = 'api-version=2021-04-12';
const TOKEN_SECONDS = 3600;

/** REST with the owner's rights, over connections that are kept. */
export class ServiceClient {
  private readonly host: string;
  private readonly authorization: string;
  private readonly agent: Agent;

  constructor(hub: HubAccess) {
    const parts = new Map(
      hub.connectionString.split(';').map((part) => part.split(/=(.*)/s).slice(0, 2) as [string, string]),
    );
    this.host = parts.get('HostName') ?? '';
    this.authorization = createSasToken({
      resource: this.host,
      key: sasKeyFromBase64(parts.get('SharedAccessKey') ?? ''),
      policy: parts.get('SharedAccessKeyName') ?? '',
      se: Math.floor(Date.now() / 1000) + TOKEN_SECONDS,
    });
    this.agent = new Agent({ keepAlive: true, ca: hub.ca });
  }

  /** @returns the answer's body @throws Error with the answer, unless it is 2xx */
  call(method: string, path: string, body?: unknown): Promise<string> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: this.authorization, 'content-type': 'application/json', 'if-match': '*' };
      const options = { agent: this.agent, host: this.host, path: `${path}?${API_VERSION}`, method, headers };
      const call = request(options, (response) => {
        let answer = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          answer += text;
        });
        response.on('end', () => {
          const { statusCode = 0 } = response;
          if (statusCode >= 200 && statusCode < 300) {
            resolve(answer);
          } else {
            reject(new Error(`${method} ${path}: ${statusCode} ${answer}`));
          }
        });
      });
      call.on('error', reject);
      call.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
