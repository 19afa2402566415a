import type { ConnectionOptions } from 'node:tls';
import { until } from '@mooring/test-parts';
import { PORT, RawConnection } from '@mooring/test-wire';
import {
  attach,
  BEGIN,
  binary,
  credit,
  frame,
  HEADER,
  OPEN,
  PERFORMATIVE,
  putToken,
  symbol,
  transfer,
} from '@mooring/test-wire/amqp';
import { type Attempt, accepted, type Outcome, refused } from '../trials/trial.js';
import {
  type Answered,
  answersOf,
  cbsStatus,
  refusalIn,
  sendFrames,
  UNTIL_CREDIT,
  untilAnswered,
} from './amqp-exchange.js';

export interface LinkAddress {
  readonly address: string;
  /** Of the client. */
  readonly role: 'sender' | 'receiver';
}

const SASL_OUTCOME = 0x44;
const SASL_FRAME = 1;
/** Handles of the links at `$cbs`; others come behind. */
const CBS_ANSWERS = 1;
const FIRST_HANDLE = 2;
/** A link that is refused is answered and then detached at once; one that stays for so long was admitted. */
const DETACH_MS = 1_500;
const ENDLESS = 1_000_000;
const ANONYMOUS = [HEADER.amqp, OPEN, BEGIN];

/** Whoever it is that attaches. */
export class AmqpIntruder {
  private deliveries = 0;
  private handles = FIRST_HANDLE;

  private constructor(private readonly connection: RawConnection) {}

  /** Without SASL, as devices with certificates and most SDKs do it. */
  static async anonymous({ stage }: Pick<Attempt, 'stage'>, tls: ConnectionOptions = {}): Promise<AmqpIntruder> {
    const connection = await RawConnection.secure(stage.target, PORT.amqps, tls);
    await sendFrames(connection, ANONYMOUS);
    return new AmqpIntruder(connection);
  }

  /** @returns how it was refused, if it was */
  static async plain(
    { stage }: Pick<Attempt, 'stage'>,
    user: string,
    password: string | Buffer,
  ): Promise<AmqpIntruder | Outcome> {
    const connection = await RawConnection.secure(stage.target, PORT.amqps);
    const response = Buffer.concat([Buffer.from(`\0${user}\0`), Buffer.from(password)]);
    connection.send(
      HEADER.sasl,
      frame(PERFORMATIVE.saslInit, [symbol('PLAIN'), binary(response)], { type: SASL_FRAME }),
    );
    const answer = await untilAnswered(connection, ({ code }) => code === SASL_OUTCOME);
    const how = answer === undefined ? 'closed' : refusalIn(answer);
    if (how !== undefined) {
      connection.close();
      return refused(how);
    }
    connection.send(...ANONYMOUS);
    return new AmqpIntruder(connection);
  }

  /** @returns the status of the answer of `$cbs`; undefined if the connection was closed in its place */
  async put(audience: string, token: string): Promise<number | undefined> {
    if (this.deliveries === 0) {
      const receiver = attach({ name: 'answers', handle: CBS_ANSWERS, role: 'receiver' });
      await sendFrames(this.connection, [attach(), receiver, credit(CBS_ANSWERS, ENDLESS), UNTIL_CREDIT]);
    }
    const before = this.statuses().length;
    this.connection.send(transfer({ id: this.deliveries++, payload: putToken(audience, token) }));
    await this.untilOne(() => this.statuses().length > before);
    return this.statuses()[before];
  }

  /** Asks for a link. */
  async attach({ address, role }: LinkAddress): Promise<Outcome> {
    const before = answersOf(this.connection.received).length;
    const name = `link-${this.handles}`;
    this.connection.send(attach({ name, handle: this.handles++, role, address }));
    const answers = (): readonly Answered[] => answersOf(this.connection.received).slice(before);
    const refusal = () =>
      answers()
        .map(refusalIn)
        .find((how) => how !== undefined);
    const hasCredit = () => answers().some(({ code }) => code === PERFORMATIVE.flow);
    await this.untilOne(() => refusal() !== undefined || answers().some(({ text }) => text.includes(name)));
    await until(() => this.connection.closed || refusal() !== undefined || hasCredit(), {
      what: 'a detach',
      timeoutMs: DETACH_MS,
      everyMs: 5,
    }).catch(() => undefined);
    const how = refusal() ?? (this.connection.closed ? 'closed' : undefined);
    return how === undefined ? accepted('attached') : refused(how);
  }

  /** Takes nothing more of what the hub sends. */
  pause(): void {
    this.connection.socket.pause();
  }

  resume(): void {
    this.connection.socket.resume();
  }

  /** Asks for all that there is at an address, whether the link is granted or not. */
  readEndlessly(address: string): void {
    const handle = this.handles++;
    this.connection.send(attach({ name: address, handle, role: 'receiver', address }), credit(handle, ENDLESS));
  }

  close(): void {
    this.connection.close();
  }

  private statuses(): readonly number[] {
    return answersOf(this.connection.received)
      .filter(({ code }) => code === PERFORMATIVE.transfer)
      .flatMap(({ text }) => cbsStatus(text) ?? []);
  }

  private untilOne(condition: () => boolean): Promise<boolean> {
    return until(() => this.connection.closed || condition(), {
      what: 'an answer over AMQP',
      timeoutMs: 20_000,
      everyMs: 5,
    });
  }
}
