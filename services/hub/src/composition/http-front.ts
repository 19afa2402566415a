import type { Api } from '@mooring/api';
import type { DeviceHttp } from '@mooring/edge';
import type { HttpFront } from '@mooring/listener';

/** What is served over HTTP in this process. */
export interface HttpServing {
  readonly front: HttpFront;
  /** From now on every answer asks its client to close the connection. */
  drain(): void;
}

/** One front where devices and back ends come to the same port: devices are known by what they ask for. */
export function httpServing(devices: DeviceHttp | undefined, api: Api): HttpServing {
  if (devices === undefined) {
    return api;
  }
  return {
    front: (request, response) => (devices.serves(request) ? devices : api).front(request, response),
    drain: () => {
      devices.drain();
      api.drain();
    },
  };
}
