import { HubError, isHubError } from '@mooring/errors';
import { authorise } from '../cbs/cbs-node.js';
import type { TokenAuthority } from '../cbs/token-authority.js';
import type { TokenStore } from '../cbs/token-store.js';
import { ProtocolViolation } from '../errors/protocol-violation.js';
import type { PeerInfo } from '../links/peer-info.js';
import { encodeMechanisms, encodeOutcome, readInit, SASL_CODE } from '../sasl/sasl-frames.js';
import { SASL_MECHANISMS, saslIdentity } from '../sasl/sasl-mechanisms.js';

export interface SaslLayerOptions {
  readonly peer: PeerInfo;
  readonly tokens: TokenStore;
  readonly authorities: readonly TokenAuthority[];
  readonly write: (frame: Buffer) => void;
}

/** The server's side of one SASL exchange [AMQP 5.3]: mechanisms, one init, one outcome. */
export class SaslLayer {
  private state: 'init' | 'deciding' | 'done' = 'init';

  constructor(private readonly options: SaslLayerOptions) {
    options.write(encodeMechanisms(SASL_MECHANISMS));
  }

  /**
   * Takes the peer's init and answers it.
   *
   * @returns whether the peer may go on
   * @throws (rejects with) ProtocolViolation if the frame is none
   */
  async take(frame: Buffer): Promise<boolean> {
    if (this.state !== 'init') {
      throw new ProtocolViolation('sasl', 'A sasl-init was not expected.');
    }
    this.state = 'deciding';
    const code = await this.decide(frame);
    this.state = 'done';
    this.options.write(encodeOutcome(code));
    return code === SASL_CODE.ok;
  }

  private async decide(frame: Buffer): Promise<number> {
    const init = readInit(frame);
    try {
      const identity = saslIdentity(init);
      if (identity?.kind === 'plain') {
        const { peer, tokens, authorities } = this.options;
        const { user, password } = identity;
        tokens.put(
          `plain:${user}`,
          await authorise({ kind: 'sas', token: password, audience: user, via: 'plain', peer }, authorities),
        );
      }
      return identity === undefined ? SASL_CODE.auth : SASL_CODE.ok;
    } catch (error) {
      return isHubError(error) && error instanceof HubError && error.status < 500 ? SASL_CODE.auth : SASL_CODE.system;
    }
  }
}
