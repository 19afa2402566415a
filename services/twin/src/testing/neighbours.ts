import { identityName } from '@mooring/credentials';
import type { DeviceLocator } from '@mooring/delivery';
import { HubError } from '@mooring/errors';
import { edge, identity, type monitoring } from '@mooring/proto';

interface Registered {
  readonly generation: string;
  readonly revision: number;
  readonly status: identity.Status;
}

/** The registry of a test: who there is. */
export class TestDirectory implements identity.DirectoryService {
  calls = 0;
  unreachable = false;
  private readonly registered = new Map<string, Registered>();
  private revision = 0;

  /** Makes an identity, anew under another generation, or changes it. */
  register(name: string, generation = 'g1', status = identity.Status.ENABLED): void {
    this.registered.set(name, { generation, revision: ++this.revision, status });
  }

  remove(name: string): void {
    this.registered.delete(name);
  }

  async describeIdentities({ keys }: identity.DescribeIdentitiesRequest): Promise<identity.DescribeIdentitiesResponse> {
    this.calls++;
    if (this.unreachable) {
      throw new HubError('ServiceUnavailable', 'The registry cannot be reached.');
    }
    return { descriptions: keys.map((key) => this.describe(key)) };
  }

  private describe(key: identity.IdentityKey): identity.Description {
    const found = this.registered.get(identityName(key.deviceId, key.moduleId));
    return identity.Description.fromPartial({
      found: found !== undefined,
      deviceFound: this.registered.has(key.deviceId),
      revision: found?.revision ?? 0,
      ...(found && {
        identity: {
          key,
          generationId: found.generation,
          etag: `etag-${found.revision}`,
          status: found.status,
          authentication: { type: identity.AuthenticationType.SAS },
        },
      }),
    });
  }
}

/** Connection states of a test, by name. */
export class TestMonitoring implements Pick<monitoring.MonitoringService, 'getStates'> {
  readonly states = new Map<string, monitoring.State>();
  unreachable = false;

  async getStates({ keys }: monitoring.GetStatesRequest): Promise<monitoring.GetStatesResponse> {
    if (this.unreachable) {
      throw new HubError('ServiceUnavailable', 'Monitoring cannot be reached.');
    }
    const unknown = {
      generationId: '',
      connected: false,
      connectionStateUpdatedTimeMs: 0,
      lastActivityTimeMs: 0,
      epoch: 0,
    };
    return {
      states: keys.map(({ deviceId, moduleId }) => this.states.get(identityName(deviceId, moduleId)) ?? unknown),
    };
  }
}

/** An edge of a test: what was pushed to it, and how it answers. */
export class TestEdge implements Pick<edge.DeliveryService, 'pushDesired'> {
  readonly pushes: edge.DesiredPush[] = [];
  readonly answer = new Map<string, edge.Delivery>();
  mood: 'well' | 'unreachable' | 'silent' = 'well';

  async pushDesired({ pushes }: edge.PushDesiredRequest): Promise<edge.PushDesiredResponse> {
    if (this.mood === 'unreachable') {
      throw new HubError('ServiceUnavailable', 'The edge cannot be reached.');
    }
    if (this.mood === 'silent') {
      return new Promise(() => undefined);
    }
    const deliveries = pushes.map(({ key }) => this.answer.get(key?.deviceId ?? '') ?? edge.Delivery.DELIVERED);
    this.pushes.push(...pushes.filter((_, index) => deliveries[index] === edge.Delivery.DELIVERED));
    return { deliveries };
  }

  /** Versions that a device was given. */
  versionsOf(name: string): number[] {
    return this.pushes
      .filter(({ key }) => identityName(key?.deviceId ?? '', key?.moduleId ?? '') === name)
      .map(({ version }) => version);
  }
}

/** Where devices of a test are. */
export class TestLocator implements DeviceLocator {
  readonly places = new Map<string, readonly TestEdge[]>();
  lookups = 0;

  async locate(keys: readonly identity.IdentityKey[]): Promise<readonly (readonly edge.DeliveryService[])[]> {
    this.lookups++;
    return keys.map(({ deviceId, moduleId }) => {
      const edges = this.places.get(identityName(deviceId, moduleId)) ?? [];
      return edges as unknown as readonly edge.DeliveryService[];
    });
  }
}
