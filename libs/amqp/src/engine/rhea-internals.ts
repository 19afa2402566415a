/**
 * What the engine uses of rhea beyond its typings: the state machines of connection, session and link, without rhea's
 * sockets, SASL, transfers and dispositions. Names and shapes are those of rhea 3.0.
 */

/** A performative: its encoded fields in `value`, readable and writable by name. */
export interface RheaPerformative {
  readonly value: unknown[];
  dispatch(target: RheaConnection, frame: RheaFrame): void;
}

export interface RheaFrame {
  readonly channel: number;
  readonly performative?: RheaPerformative;
}

export interface RheaFrames {
  read_frame(bytes: Buffer): RheaFrame;
  write_frame(frame: object): Buffer;
  amqp_frame(channel: number, performative: RheaPerformative): object;
}

export interface RheaEndpointState {
  local_open: boolean;
  remote_open: boolean;
  open_requests: number;
}

export interface RheaTerminus {
  readonly address: unknown;
  readonly filter?: unknown;
  described(): unknown;
}

export interface RheaLink {
  readonly name: string;
  readonly session: RheaSession;
  readonly state: RheaEndpointState;
  readonly local: { readonly handle: number; readonly attach: Record<string, unknown> };
  readonly remote: {
    handle: number | undefined;
    attach: {
      readonly name: string;
      readonly role: boolean;
      readonly snd_settle_mode: unknown;
      readonly rcv_settle_mode: unknown;
      readonly source: RheaTerminus | null | undefined;
      readonly target: RheaTerminus | null | undefined;
      readonly max_message_size: unknown;
      readonly properties: unknown;
      readonly desired_capabilities: unknown;
    };
  };
  delivery_count: number;
  credit: number;
  on_attach(frame: RheaFrame): void;
  open(): void;
  close(): void;
  /** Whether the flow that is about to be written says "drained". */
  _get_drain(): boolean;
}

/** A link on which the client sends. */
export interface RheaReceiver extends RheaLink {
  flow(credit: number): void;
}

export interface RheaSession {
  readonly connection: RheaConnection;
  readonly local: {
    readonly channel: number;
    readonly handles: Record<number, RheaLink>;
    readonly begin: Record<string, unknown>;
  };
  readonly remote: { readonly channel: number; readonly handles: Record<number, RheaLink> };
  readonly links: Record<string, RheaLink>;
  readonly outgoing: { next_transfer_id: number; transfer_window(): number };
  readonly incoming: { next_transfer_id: number; max_transfer_id: number; readonly window: number };
  create_sender(name: string): RheaLink;
  create_receiver(name: string): RheaReceiver;
  on_attach(frame: RheaFrame): void;
  on_flow(frame: RheaFrame): void;
  remove_link(link: RheaLink): void;
  close(): void;
  _write_flow(link?: RheaLink): void;
}

export interface RheaConnection {
  is_server: boolean;
  registered: boolean;
  readonly local: { readonly open: Record<string, unknown> & RheaPerformative };
  readonly remote: { readonly open?: Record<string, unknown>; readonly close?: Record<string, unknown> };
  readonly state: RheaEndpointState;
  on(event: string, listener: (context: RheaContext & Error) => void): void;
  close(): void;
  _register(): void;
  _process(): void;
  _write_frame(channel: number, performative: RheaPerformative | undefined): void;
}

export interface RheaContext {
  readonly session: RheaSession;
  readonly sender?: RheaLink;
  readonly receiver?: RheaReceiver;
}
