import type { identity } from '@mooring/proto';

export const MAX_LISTED_DEVICES = 1000;

/** The first `count` devices, from as many pages as it takes. */
export async function firstDevices(
  service: Pick<identity.IdentityService, 'listDevices'>,
  count: number,
): Promise<identity.Identity[]> {
  const devices: identity.Identity[] = [];
  let pageToken = '';
  do {
    const page = await service.listDevices({ pageSize: count - devices.length, pageToken });
    devices.push(...page.devices.slice(0, count - devices.length));
    pageToken = page.nextPageToken;
  } while (pageToken !== '' && devices.length < count);
  return devices;
}
