import { isReservedHeader } from './system-headers.js';

/** Record headers while they are built. */
export type MutableHeaders = Record<string, string | Buffer>;

/** Prefix that sets an application property apart whose own name is reserved (or begins with this prefix). */
const ESCAPE = 'property:';

/** Empty headers that take any name, `__proto__` included. */
export function newHeaders(): MutableHeaders {
  return Object.create(null) as MutableHeaders;
}

/** The header that holds an application property: its own name, unless that would pass for the hub's. */
export function applicationPropertyHeader(name: string): string {
  return isReservedHeader(name) || name.startsWith(ESCAPE) ? ESCAPE + name : name;
}

/** The application property that a header holds; undefined for a header of the hub's own. */
export function applicationPropertyName(header: string): string | undefined {
  if (header.startsWith(ESCAPE)) {
    return header.slice(ESCAPE.length);
  }
  return isReservedHeader(header) ? undefined : header;
}
