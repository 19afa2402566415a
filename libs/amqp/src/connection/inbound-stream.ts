import type { AmqpLimits } from '../amqp-limits.js';
import type { TokenAuthority } from '../cbs/token-authority.js';
import type { TokenStore } from '../cbs/token-store.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import { type Expected, FRAME_TYPE, FrameReader } from '../frames/frame-reader.js';
import { type ProtocolId, protocolHeader, readProtocolHeader } from '../frames/protocol-header.js';
import type { PeerInfo } from '../links/peer-info.js';
import { SaslLayer } from './sasl-layer.js';

export interface InboundStreamOptions {
  readonly limits: AmqpLimits;
  readonly peer: PeerInfo;
  readonly tokens: TokenStore;
  readonly authorities: readonly TokenAuthority[];
  /** Writes protocol headers and frames of SASL. */
  readonly write: (bytes: Buffer) => void;
  /** Takes a frame of AMQP. */
  readonly frame: (frame: Buffer) => void;
  /** A SASL exchange has begun, whose outcome is waited for, or is over. */
  readonly deciding: (deciding: boolean) => void;
  /** The exchange has failed; the peer was told. */
  readonly refused: () => void;
  readonly failed: (error: unknown) => void;
}

/** What comes next: a protocol header, a frame of one of the layers, or nothing that matters. */
type Layer = 'header' | 'header-after-sasl' | ProtocolId | 'stopped';

/** Takes a peer's bytes through the layers: a header, perhaps SASL and another header, then frames of AMQP. */
export class InboundStream {
  private readonly reader = new FrameReader();
  private layer: Layer = 'header';
  private sasl: SaslLayer | undefined;
  /** What came behind a sasl-init, while its outcome is waited for: clients may send on without waiting. */
  private unread: Buffer[] | undefined;

  constructor(private readonly options: InboundStreamOptions) {}

  read(chunk: Buffer): void {
    if (this.keep(chunk)) {
      return;
    }
    try {
      const rest = this.reader.read(chunk, this.expected, this.take);
      if (rest !== undefined) {
        this.keep(rest);
      }
    } catch (error) {
      this.options.failed(error);
    }
  }

  /** From now on what comes is dropped. */
  stop(): void {
    this.layer = 'stopped';
    this.unread = undefined;
  }

  /** @returns false if bytes are taken now and need not be kept */
  private keep(bytes: Buffer): boolean {
    this.unread?.push(bytes);
    return this.unread !== undefined;
  }

  private readonly expected = (): Expected => {
    const { limits } = this.options;
    switch (this.layer) {
      case 'sasl':
        return { kind: 'frame', type: FRAME_TYPE.sasl, maxBytes: limits.maxSaslFrameBytes };
      case 'amqp':
        return { kind: 'frame', type: FRAME_TYPE.amqp, maxBytes: limits.maxFrameBytes };
      default:
        return { kind: 'header' };
    }
  };

  private readonly take = (piece: Buffer): boolean => {
    switch (this.layer) {
      case 'amqp':
        this.options.frame(piece);
        return true;
      case 'sasl':
        this.takeSasl(piece);
        return false;
      case 'stopped':
        return false;
      default:
        this.takeHeader(piece);
        return true;
    }
  };

  private takeHeader(header: Buffer): void {
    const { peer, tokens, authorities, write } = this.options;
    const wanted = readProtocolHeader(header);
    if (wanted === 'sasl' && this.layer === 'header-after-sasl') {
      throw new ProtocolViolation('protocol-header', 'SASL was done already.');
    }
    write(protocolHeader(wanted));
    this.layer = wanted;
    if (wanted === 'sasl') {
      this.sasl = new SaslLayer({ peer, tokens, authorities, write });
    }
  }

  private takeSasl(frame: Buffer): void {
    this.unread = [];
    this.options.deciding(true);
    this.sasl
      ?.take(Buffer.from(frame))
      .then((admitted) => this.decided(admitted))
      .catch(this.options.failed);
  }

  private decided(admitted: boolean): void {
    const unread = this.unread ?? [];
    this.unread = undefined;
    if (this.layer === 'stopped') {
      return;
    }
    if (!admitted) {
      this.stop();
      this.options.refused();
      return;
    }
    this.layer = 'header-after-sasl';
    for (const chunk of unread) {
      this.read(chunk);
    }
    this.options.deciding(false);
  }
}
