import type { HubAccess } from '@mooring/test-parts';
import { call } from './https.js';

/** Registers a device CA certificate. */
export async function putCertificate(hub: HubAccess, name: string, pem: string): Promise<void> {
  const path = `/management/certificates/${encodeURIComponent(name)}?api-version=2021-04-12`;
  const { status, body } = await call(hub, { method: 'PUT', path, body: JSON.stringify({ certificate: pem }) });
  if (status !== 200 && status !== 201) {
    throw new Error(`PUT ${path}: ${status} ${body}`);
  }
}
