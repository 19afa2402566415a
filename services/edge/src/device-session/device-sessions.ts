import type { Affinity } from '@mooring/affinity';
import type { Clock } from '@mooring/clock';
import type { EventLog } from '@mooring/event-log';
import type { Logger } from '@mooring/observability';
import type { identity as contract } from '@mooring/proto';
import type { DeviceThrottles } from '../throttling/device-throttles.js';
import { AdmissionRefused, unavailable } from './admission-refused.js';
import { authenticate, type PresentedCredentials } from './authentication/authenticate.js';
import type { Authenticated } from './authentication/authenticated.js';
import { checkPolicyToken } from './authentication/sas-authentication.js';
import { ControlChannel } from './control/control-channel.js';
import { CredentialSource } from './credentials/credential-source.js';
import { TrustStore } from './credentials/trust-store.js';
import type { DeviceIdentity } from './device-identity.js';
import type { Admission, LiveConnection } from './live/live-connection.js';
import { LiveConnections } from './live/live-connections.js';
import { createOwnership } from './ownership/create-ownership.js';
import type { OtherEdges } from './ownership/displacement.js';
import { OlderConnections } from './ownership/older-connections.js';
import type { Ownership } from './ownership/ownership.js';
import { TakeOverLimit } from './ownership/take-over-limit.js';
import { type PendingAdmission, PendingAdmissions } from './pending-admissions.js';
import { type Proven, RequestAdmission } from './request-admission.js';
import { Revocation } from './revocation.js';
import type { SessionEvents } from './session-events.js';

export interface DeviceSessionsOptions {
  /** Of the hub, as in connection strings. */
  readonly hostname: string;
  /** Name of this process. */
  readonly edge: string;
  /** `host:port` at which other edges reach it. */
  readonly address: string | undefined;
  readonly otherEdges: OtherEdges | undefined;
  /** Take-overs of one identity in ten seconds. */
  readonly maxTakeOvers: number;
  readonly identityService: contract.IdentityService;
  readonly affinity: Affinity;
  readonly eventLog: EventLog;
  readonly controlTopic: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Calls to identity of one kind begin no sooner than this one after the other, so that devices share them. */
  readonly batchIntervalMs: number;
  readonly events: SessionEvents;
  /** Undefined unless the hub throttles. */
  readonly throttles?: Pick<DeviceThrottles, 'connect'> | undefined;
  /** See OwnershipOptions. */
  readonly onRegained: (since: number) => void;
  readonly onCredentials: (from: 'memory' | 'identity') => void;
}

export interface OpenRequest {
  readonly identity: DeviceIdentity;
  readonly presented: PresentedCredentials;
  /** Of the connection. */
  readonly id: string;
  /** Whether the protocol keeps a session, which only identity knows; unless it does, what is remembered may admit. */
  readonly needsSession?: boolean;
}

/** An admitted connection, and what it finds. */
export interface Opened {
  readonly admission: Admission;
  readonly session: contract.Session | undefined;
}

/** Times that an admission is decided again because of changes meanwhile. */
const MAX_ATTEMPTS = 3;
/** A login that fails by what is remembered makes identity to be asked again, at most so often for an identity. */
const RETRY_AFTER_MS = 1_000;
/** Who is refused for too many take-overs is told so late, so that it does not come back at once. */
const REFUSE_AFTER_MS = 1_000;

/** Who is connected to this process, by whatever protocol: authentication, ownership and revocation. */
export class DeviceSessions {
  readonly live = new LiveConnections();
  private readonly pending = new PendingAdmissions();
  /** What newer connections elsewhere end here. */
  readonly olderConnections = new OlderConnections(this.live, this.pending);
  private readonly control: ControlChannel;
  private readonly credentials: CredentialSource;
  private readonly trust: TrustStore;
  private readonly ownership: Ownership;
  private readonly revocation: Revocation;
  private readonly takeOverLimit: TakeOverLimit;

  constructor(private readonly options: DeviceSessionsOptions) {
    const { clock, log, identityService, onCredentials } = options;
    this.control = new ControlChannel({ ...options, topic: options.controlTopic });
    const { control, live, pending, olderConnections } = this;
    const isHearing = () => control.hearing;
    this.credentials = new CredentialSource({
      identityService,
      clock,
      isHearing,
      onRead: () => onCredentials('identity'),
      batchIntervalMs: options.batchIntervalMs,
    });
    this.trust = new TrustStore({ identityService, clock, isHearing });
    this.ownership = createOwnership({ ...options, control, live, olderConnections });
    this.takeOverLimit = new TakeOverLimit(options.maxTakeOvers, clock);
    const { credentials, trust, ownership } = this;
    const revocation = { identityService, credentials, trust, live, ownership, olderConnections, pending, clock, log };
    this.revocation = new Revocation(revocation);
  }

  /** Of the lease that connections are held under. */
  get incarnation(): string {
    return this.ownership.incarnation;
  }

  async start(): Promise<void> {
    await this.control.start(this.revocation);
    await this.ownership.start();
  }

  async stop(): Promise<void> {
    await this.control.stop();
    await this.ownership.stop();
  }

  /** Asked before anything is read of a connection that was admitted; if it may not be, the connection is held by now. */
  mayRead(): boolean {
    return this.ownership.mayRead();
  }

  /**
   * Admits a connection: it holds its identity from then on, and an older connection of that is closed.
   *
   * @param admit is given the admission before anybody else learns of the connection; returns false if it is closed by now
   * @throws AdmissionRefused
   */
  async open(request: OpenRequest, admit: (admission: Admission) => LiveConnection | undefined): Promise<Opened> {
    if (this.takeOverLimit.isReached(request.identity.name)) {
      await new Promise<void>((resolve) => void this.options.clock.after(REFUSE_AFTER_MS, resolve));
      throw unavailable('too-many-take-overs');
    }
    const pending = this.pending.begin(request.identity);
    try {
      return await this.decide(request, pending, admit);
    } catch (error) {
      return refused(error);
    } finally {
      this.pending.end(pending);
    }
  }

  /**
   * Proves an identity without admitting it, where a protocol has credentials shown before what they are for.
   * @throws AdmissionRefused
   */
  async check(identity: DeviceIdentity, presented: PresentedCredentials): Promise<Authenticated> {
    return (await this.proveOnce(identity, presented).catch(refused)).authenticated;
  }

  /**
   * The same for a token of a policy that is for more than one identity.
   * @throws AdmissionRefused
   */
  async checkPolicyToken(token: string): Promise<Authenticated> {
    const { hostname, clock } = this.options;
    const request = { hostname: hostname.toLowerCase(), now: clock.now() };
    return await checkPolicyToken(token, request, this.trust).catch(refused);
  }

  /**
   * A single request of an identity, in a protocol that knows no connections: it holds nothing, and takes nothing over. To be
   * ended.
   */
  beginRequest(identity: DeviceIdentity, presented: PresentedCredentials): RequestAdmission {
    return new RequestAdmission({
      identity,
      pending: this.pending,
      prove: () => this.proveOnce(identity, presented),
      clock: this.options.clock,
    });
  }

  /** The connection is closed: its identity is free, unless somebody took it over. */
  close(connection: LiveConnection): void {
    const { admission } = connection;
    if (admission !== undefined) {
      this.live.remove(connection);
      this.options.events.disconnected(admission);
      this.ownership.release(admission.identity, admission.epoch);
    }
  }

  private async decide(
    { identity, presented, id, needsSession = false }: OpenRequest,
    pending: PendingAdmission,
    admit: (admission: Admission) => LiveConnection | undefined,
  ): Promise<Opened> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      pending.stale = false;
      pending.epoch = undefined;
      const { credentials, authenticated } = needsSession
        ? await this.prove(identity, presented)
        : await this.proveOnce(identity, presented);
      await this.options.throttles?.connect(identity);
      const claimed = await this.ownership.claim(pending, id);
      const { epoch } = claimed;
      if (claimed.isTakeOver) {
        this.takeOverLimit.count(identity.name);
      }
      if (pending.stale) {
        this.ownership.release(identity, epoch);
        continue;
      }
      if (!this.ownership.counts(claimed)) {
        throw unavailable('ownership-uncertain');
      }
      if (pending.supersededBy > epoch) {
        throw unavailable('taken-over-meanwhile');
      }
      const { generationId, version, session } = credentials;
      const admittedAt = this.options.clock.monotonic();
      const admission = { identity, generationId, version, authenticated, epoch, admittedAt };
      this.enter(admission, admit);
      return { admission, session };
    }
    throw unavailable('credentials-keep-changing');
  }

  /** Puts the connection in the place of an older one. All in one turn, so that no change falls in between. */
  private enter(admission: Admission, admit: (admission: Admission) => LiveConnection | undefined): void {
    const { identity, epoch } = admission;
    const present = this.live.get(identity.name);
    if (present?.admission !== undefined && present.admission.epoch > epoch) {
      throw unavailable('taken-over-meanwhile');
    }
    const connection = admit(admission);
    if (connection === undefined) {
      this.ownership.release(identity, epoch);
      return;
    }
    this.live.put(connection);
    this.options.events.connected(admission);
    present?.close('taken-over');
  }

  private async proveOnce(identity: DeviceIdentity, presented: PresentedCredentials): Promise<Proven> {
    return (await this.proveFromMemory(identity, presented)) ?? this.proveAnew(identity, presented);
  }

  /** One that what is remembered does admit is read anew, because the session is not remembered. */
  private async prove(identity: DeviceIdentity, presented: PresentedCredentials): Promise<Proven> {
    const known = await this.proveFromMemory(identity, presented);
    if (known === undefined) {
      return this.proveAnew(identity, presented);
    }
    const credentials = await this.credentials.read(identity);
    const { authenticated } = known;
    return isUnchanged(known.credentials, credentials)
      ? { credentials, authenticated }
      : { credentials, authenticated: await this.authenticate(identity, presented, credentials) };
  }

  /**
   * A login that what is remembered does not admit costs no read, but for one a second: what is remembered may be older than
   * what back ends know.
   *
   * @returns undefined if identity is to be asked
   */
  private async proveFromMemory(
    identity: DeviceIdentity,
    presented: PresentedCredentials,
  ): Promise<Proven | undefined> {
    const remembered = this.credentials.remembered(identity);
    if (remembered === undefined) {
      return undefined;
    }
    this.options.onCredentials('memory');
    const { credentials, readAt } = remembered;
    try {
      return { credentials, authenticated: await this.authenticate(identity, presented, credentials) };
    } catch (error) {
      if (this.options.clock.monotonic() - readAt < RETRY_AFTER_MS) {
        throw error;
      }
      return undefined;
    }
  }

  private async proveAnew(identity: DeviceIdentity, presented: PresentedCredentials): Promise<Proven> {
    const credentials = await this.credentials.read(identity);
    return { credentials, authenticated: await this.authenticate(identity, presented, credentials) };
  }

  private authenticate(identity: DeviceIdentity, presented: PresentedCredentials, credentials: contract.Credentials) {
    const { hostname, clock } = this.options;
    const request = { identity, presented, credentials, hostname: hostname.toLowerCase(), now: clock.now() };
    return authenticate(request, this.trust);
  }
}

function refused(error: unknown): never {
  throw error instanceof AdmissionRefused ? error : unavailable('dependency-unavailable', error);
}

/** Whether what was proven by older credentials is by the newer ones. */
function isUnchanged(older: contract.Credentials, newer: contract.Credentials): boolean {
  return (
    newer.found &&
    newer.enabled === older.enabled &&
    newer.generationId === older.generationId &&
    newer.version === older.version
  );
}
