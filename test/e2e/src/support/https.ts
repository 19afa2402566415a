import { request } from 'node:https';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import type { HubAccess } from '@mooring/test-parts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Aborted: the connection is closed, whether the answer has come or not. */
  readonly signal?: AbortSignal;
}

/** One HTTPS request to a hub, with the owner's token unless the headers say otherwise. */
export function call(hub: HubAccess, { method, path, body, headers, signal }: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: serviceHost(hub),
        ca: hub.ca,
        method,
        path,
        agent: false,
        ...(signal && { signal }),
        headers: { authorization: ownerToken(hub), 'content-type': 'application/json', ...headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** The host that back ends dial, from the connection string. */
function serviceHost(hub: HubAccess): string {
  return /HostName=([^;]+)/.exec(hub.connectionString)?.[1] ?? '';
}

/** The owner's key, from the connection string. */
export function ownerKey(hub: HubAccess): Buffer {
  return sasKeyFromBase64(/SharedAccessKey=(.*)$/.exec(hub.connectionString)?.[1] ?? '');
}

function ownerToken(hub: HubAccess): string {
  const se = Math.floor(Date.now() / 1000) + 600;
  return createSasToken({ resource: serviceHost(hub), key: ownerKey(hub), se, policy: 'iothubowner' });
}
