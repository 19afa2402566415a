import { Agent, request } from 'node:https';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import type { HubAccess } from '@mooring/test-parts';

const API_VERSION = 'api-version=2021-04-12';
const TOKEN_SECONDS = 3600;

export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
  /** JSON and any entity tag unless they say otherwise. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Without it, as long as it takes. */
  readonly timeoutMs?: number;
}

export interface ServiceAnswer {
  readonly status: number;
  /** With its quotes; empty where there is none. */
  readonly etag: string;
  readonly body: string;
}

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
  async call(method: string, path: string, body?: unknown): Promise<string> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.ask({ method, path, body: text });
    if (answer.status < 200 || answer.status >= 300) {
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    }
    return answer.body;
  }

  /** @throws Error only where no answer came: what was asked for may have been done, or not */
  ask({ method, path, body, headers = {}, timeoutMs }: ServiceRequest): Promise<ServiceAnswer> {
    return new Promise((resolve, reject) => {
      const call = request(
        {
          agent: this.agent,
          host: this.host,
          path: `${path}${path.includes('?') ? '&' : '?'}${API_VERSION}`,
          method,
          headers: {
            authorization: this.authorization,
            'content-type': 'application/json',
            'if-match': '*',
            ...headers,
          },
          ...(timeoutMs !== undefined && { signal: AbortSignal.timeout(timeoutMs) }),
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
          });
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, etag: response.headers.etag ?? '', body: text }),
          );
        },
      );
      call.on('error', reject);
      call.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
