import { type AmqpError, LinkError, type PeerInfo, toAmqpError } from '@mooring/amqp';
import { HubError } from '@mooring/errors';
import type { Authenticated } from '../../device-session/authentication/authenticated.js';
import type {
  Admission,
  CloseReason,
  DesiredChange,
  LiveConnection,
  MethodRequest,
} from '../../device-session/live/live-connection.js';
import { closeError } from '../../reports/error-numbers.js';
import type { AmqpContext } from '../amqp-context.js';
import type { DeviceLink } from './device-link.js';
import { Receivers } from './receivers.js';

export interface AmqpDeviceOptions {
  readonly context: AmqpContext;
  readonly admission: Admission;
  /** Unique within this process. */
  readonly id: string;
  readonly peer: PeerInfo;
  readonly left: () => void;
}

/**
 * One identity on an AMQP connection, which it may share with others: its links, whatever sessions they are in. It lives from
 * its first link to its last, and what ends it leaves the others alone.
 */
export class AmqpDevice implements LiveConnection {
  readonly id: string;
  readonly peer: PeerInfo;
  readonly context: AmqpContext;
  admission: Admission;
  desiredVersion = 0;
  readonly receivers = new Receivers();
  private readonly links = new Set<DeviceLink>();
  private held = false;
  private endedWith: AmqpError | undefined;
  private activeAt: number | undefined;
  modelId: string | undefined;

  constructor(private readonly options: AmqpDeviceOptions) {
    const { context, admission, id, peer } = options;
    this.context = context;
    this.admission = admission;
    this.id = id;
    this.peer = peer;
  }

  get isClosed(): boolean {
    return this.endedWith !== undefined;
  }

  /** Whether what it sends is taken, and it may be sent to: it is its identity's. */
  get isRead(): boolean {
    return !this.isClosed && !this.fenced;
  }

  get fenced(): boolean {
    return this.held || !this.context.sessions.mayRead();
  }

  get congested(): boolean {
    return this.receivers.areFull;
  }

  get wantsDesired(): boolean {
    return !this.isClosed && this.receivers.wantDesired;
  }

  get wantsMethods(): boolean {
    return !this.isClosed && this.receivers.wantMethods;
  }

  pushDesired(change: DesiredChange): void {
    this.receivers.pushDesired(change);
  }

  requestMethod(request: MethodRequest): void {
    this.receivers.requestMethod(request);
  }

  hintMessages(): void {
    this.receivers.hintMessages();
  }

  /** A token was put in the place of the one that it was admitted by. */
  renew(authenticated: Authenticated): void {
    this.admission = { ...this.admission, authenticated };
  }

  /** One of its links says what it is; its twin is to show that. */
  nameModel(modelId: string | undefined): void {
    if (modelId !== undefined && modelId !== this.modelId) {
      this.modelId = modelId;
      this.context.twins?.tellModel(this.admission, modelId);
    }
  }

  /** A link of it will be opened, or is closed again. */
  add(link: DeviceLink): void {
    this.links.add(link);
  }

  opened(link: DeviceLink): void {
    if (this.endedWith !== undefined) {
      link.end(this.endedWith);
    }
  }

  left(link: DeviceLink): void {
    if (this.links.delete(link) && this.links.size === 0) {
      this.close(this.whyLeft());
    }
  }

  /** Detaches some of its links. @returns whether there were any */
  detach(isMeant: (link: DeviceLink) => boolean, error: unknown): boolean {
    const meant = [...this.links].filter(isMeant);
    for (const link of meant) {
      link.end(error);
    }
    return meant.length > 0;
  }

  heard(): void {
    this.activeAt = this.context.clock.now();
  }

  takeActivity(): number | undefined {
    const { activeAt } = this;
    this.activeAt = undefined;
    return activeAt;
  }

  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    for (const link of [...this.links]) {
      link.resume();
    }
  }

  close(reason: CloseReason): void {
    if (this.endedWith !== undefined) {
      return;
    }
    this.endedWith = errorOf(reason);
    const { metrics, operations, sessions, clock } = this.context;
    metrics.countClose('amqp', reason);
    operations?.disconnected(this.admission, reason, clock.monotonic() - this.admission.admittedAt);
    sessions.close(this);
    this.options.left();
    for (const link of [...this.links]) {
      link.end(this.endedWith);
    }
  }

  /** Closes for something that went wrong with what it sent, or was to be sent. */
  fail(error: unknown): void {
    this.context.log.error({ err: error, deviceId: this.admission.identity.deviceId }, 'a link of a device failed');
    this.close('internal-error');
  }

  private whyLeft(): CloseReason {
    const { ended } = this.peer;
    if (ended !== undefined) {
      return ENDS[ended] ?? 'protocol-error';
    }
    const { expiresAt } = this.admission.authenticated;
    return expiresAt !== undefined && expiresAt <= this.context.clock.now() ? 'token-expired' : 'client-closed';
  }
}

/** Why an identity leaves with its connection, by why the hub has ended that. */
const ENDS: Readonly<Partial<Record<NonNullable<PeerInfo['ended']>, CloseReason>>> = {
  drained: 'drained',
  silent: 'keep-alive-timeout',
  stalled: 'write-timeout',
};

const TEXTS: Readonly<Partial<Record<CloseReason, string>>> = {
  'taken-over': 'The identity has connected anew.',
  'identity-deleted': 'The identity was deleted.',
  'identity-disabled': 'The identity was disabled.',
  'credentials-changed': 'The credentials of the identity, or what they rely on, have changed.',
  'append-failed': 'Messages could not be stored: send them again.',
};

function errorOf(reason: CloseReason): AmqpError {
  const text = TEXTS[reason] ?? 'The hub has ended the links of the identity: connect again.';
  const name = closeError(reason);
  return toAmqpError(name === undefined ? new LinkError('amqp:link:detach-forced', text) : new HubError(name, text));
}
