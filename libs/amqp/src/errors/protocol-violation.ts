/** Why a connection was closed, as a metric's label. */
export type ViolationReason =
  | 'protocol-header'
  | 'frame'
  | 'structure'
  | 'field'
  | 'connection-state'
  | 'session'
  | 'link'
  | 'transfer'
  | 'disposition'
  | 'sasl'
  | 'limit'
  | 'timeout'
  | 'silent'
  | 'stalled'
  | 'engine';

/** The peer broke the protocol or a limit: its connection is closed with `condition`. The message never quotes the peer. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';

  constructor(
    readonly reason: ViolationReason,
    message: string,
    readonly condition = 'amqp:connection:framing-error',
    options?: { cause: unknown },
  ) {
    super(message, options);
  }
}
