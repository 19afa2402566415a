import type { AttachRequest, PeerInfo } from '@mooring/amqp';
import { HubError, isHubError } from '@mooring/errors';
import { unauthorized } from '../../device-session/admission-refused.js';
import type { PresentedCredentials } from '../../device-session/authentication/authenticate.js';
import type { Authenticated } from '../../device-session/authentication/authenticated.js';
import type { DeviceIdentity } from '../../device-session/device-identity.js';
import { isForDevice } from '../access/device-claims.js';
import { refusal } from '../access/refusals.js';
import type { AmqpContext } from '../amqp-context.js';
import { AmqpDevice } from './amqp-device.js';

/** No token that was put on the connection is for the identity. */
const NO_TOKEN = 'no-credentials';

interface Entry {
  device: AmqpDevice | undefined;
  /** Whether it was admitted by a token, without which none of its links is attached. */
  readonly byToken: boolean;
  readonly admitted: Promise<AmqpDevice>;
}

/** The identities on all AMQP connections of a process, each by its connection and name. */
export class AmqpDevices {
  private readonly byPeer = new Map<PeerInfo, Map<string, Entry>>();
  private lastId = 0;
  private count = 0;

  constructor(private readonly context: AmqpContext) {}

  get size(): number {
    return this.count;
  }

  /**
   * The identity that asks for a link: admitted before, or now by what its connection has shown.
   * @throws HubError
   */
  async admitted(request: AttachRequest, identity: DeviceIdentity): Promise<AmqpDevice> {
    const { peer } = request;
    const presented = this.presented(request, identity);
    const devices = this.byPeer.get(peer) ?? new Map<string, Entry>();
    this.byPeer.set(peer, devices);
    let entry = devices.get(identity.name);
    if (entry === undefined) {
      const added: Entry = {
        device: undefined,
        byToken: presented.token !== undefined,
        admitted: this.admit(peer, identity, presented),
      };
      devices.set(identity.name, added);
      entry = added;
      added.admitted.catch(() => this.forget(peer, identity, added));
    }
    if (entry.byToken && presented.token === undefined) {
      throw refusal(this.context, { identity, peer }, unauthorized(NO_TOKEN));
    }
    const device = await entry.admitted;
    if (device.isClosed) {
      throw new HubError('ServiceUnavailable', 'The identity is about to leave: try again.');
    }
    return device;
  }

  /** A token where one was put that is for the identity, else the certificates of the connection. */
  private presented(request: AttachRequest, identity: DeviceIdentity): PresentedCredentials {
    const { peer } = request;
    try {
      let token: string | undefined;
      request.authorise((claims) => {
        const isFor = isForDevice(claims, identity);
        if (isFor) {
          // Asked again whenever another token takes the place of the one that the link relies on.
          token = claims.token;
          this.renew(peer, identity, claims.authenticated);
        }
        return isFor;
      });
      return { token, certificates: () => [] };
    } catch (error) {
      const { clientCertificates } = peer.transport;
      if (!isHubError(error)) {
        throw error;
      }
      if (clientCertificates.length === 0) {
        throw refusal(this.context, { identity, peer }, unauthorized(NO_TOKEN));
      }
      return { token: undefined, certificates: () => clientCertificates };
    }
  }

  private renew(peer: PeerInfo, { name }: DeviceIdentity, authenticated: Authenticated): void {
    const entry = this.byPeer.get(peer)?.get(name);
    if (entry?.byToken) {
      entry.device?.renew(authenticated);
    }
  }

  private async admit(peer: PeerInfo, identity: DeviceIdentity, presented: PresentedCredentials): Promise<AmqpDevice> {
    const { sessions, metrics, operations, clock } = this.context;
    const id = `${peer.connectionId}-${++this.lastId}`;
    const startedAt = clock.monotonic();
    const { promise, resolve } = Promise.withResolvers<AmqpDevice>();
    try {
      const { admission } = await sessions.open({ identity, presented, id }, (admitted) => {
        const entry = this.byPeer.get(peer)?.get(identity.name);
        const left = () => {
          this.count--;
          if (entry !== undefined) {
            this.forget(peer, identity, entry);
          }
        };
        const device = new AmqpDevice({ context: this.context, admission: admitted, id, peer, left });
        this.count++;
        if (entry !== undefined) {
          entry.device = device;
        }
        resolve(device);
        return device;
      });
      metrics.countConnect('amqp', 'accepted');
      operations?.connected(admission, { protocol: 'amqp', info: peer.transport }, clock.monotonic() - startedAt);
    } catch (error) {
      throw refusal(this.context, { identity, peer }, error);
    }
    return await promise;
  }

  private forget(peer: PeerInfo, { name }: DeviceIdentity, entry: Entry): void {
    const devices = this.byPeer.get(peer);
    if (devices?.get(name) === entry) {
      devices.delete(name);
    }
    if (devices?.size === 0) {
      this.byPeer.delete(peer);
    }
  }
}
