import { type Agent, request } from 'node:https';

/** Far more than a key set or a configuration needs. */
const MAX_BODY_BYTES = 512 * 1024;

export interface FetchOptions {
  readonly headers?: Headers;
  readonly signal: AbortSignal;
}

export type HttpsFetch = (url: string, options: FetchOptions) => Promise<Response>;

/**
 * GET over HTTPS as `fetch` does it, with an agent of its own, which holds what authorities are trusted. A redirect is not
 * followed, and a body that is too large is refused.
 */
export function httpsFetch(agent: Agent | undefined): HttpsFetch {
  return (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const asked = request(
        url,
        { signal, headers: Object.fromEntries(headers ?? []), ...(agent === undefined ? {} : { agent }) },
        (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on('data', (chunk: Buffer) => {
            size += chunk.length;
            chunks.push(chunk);
            if (size > MAX_BODY_BYTES) {
              response.destroy(new Error('The answer of the issuer is too large'));
            }
          });
          response.on('error', reject);
          response.on('end', () => {
            const status = response.statusCode ?? 0;
            if (status === 200) {
              resolve(new Response(Buffer.concat(chunks), { status }));
            } else {
              reject(new Error(`The issuer answered with status ${status}`));
            }
          });
        },
      );
      asked.on('error', reject);
      asked.end();
    });
}
