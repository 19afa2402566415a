import { describe, expect, it } from '@jest/globals';
import { judgeMessages, type MessageEvent } from './c2d-history.js';

const MAX = 3;
const dialled: MessageEvent = { kind: 'dialled', deviceId: 'd' };
const sent = (message: string): MessageEvent => ({ kind: 'sent', deviceId: 'd', message, isAwaited: true });
const accepted = (message: string): MessageEvent => ({ kind: 'accepted', message });
const delivered = (message: string, deviceId = 'd'): MessageEvent => ({ kind: 'delivered', deviceId, message });
const acknowledged = (message: string): MessageEvent => ({ kind: 'acknowledged', message });
const feedback = (message: string, status = 'Success'): MessageEvent => ({ kind: 'feedback', message, status });

const violations = (...events: MessageEvent[]) => judgeMessages(events, MAX).violations;
const taken = (message: string): MessageEvent[] => [sent(message), accepted(message)];
const completed = (message: string): MessageEvent[] => [delivered(message), acknowledged(message), feedback(message)];

describe('judgeMessages', () => {
  it('finds nothing wrong with redeliveries on new connections, repeated feedback, and what was never answered', () => {
    const history = [
      ...[dialled, ...taken('a'), ...taken('b'), sent('unanswered'), sent('refused'), delivered('a')],
      ...[dialled, delivered('a'), acknowledged('a'), delivered('b'), delivered('unanswered'), acknowledged('b')],
      ...[dialled, delivered('b'), acknowledged('b'), feedback('a'), feedback('b'), feedback('a')],
    ];
    expect(judgeMessages(history, MAX)).toEqual({
      accepted: 2,
      deliveries: 5,
      redelivered: 2,
      givenUp: 0,
      violations: [],
    });
  });

  it('finds what is lost', () => {
    expect(violations(dialled, ...taken('a'))).toEqual([
      'accepted, but never delivered: a',
      'accepted, but without feedback: a',
    ]);
  });

  it('finds missing feedback, unless nobody waits for it', () => {
    expect(violations(dialled, ...taken('a'), delivered('a'))).toEqual(['accepted, but without feedback: a']);
    const unawaited = { ...sent('a'), isAwaited: false } as MessageEvent;
    expect(violations(dialled, unawaited, accepted('a'), delivered('a'))).toEqual([]);
  });

  it('finds a delivery after the end, also of what was not accepted', () => {
    const again = [dialled, delivered('a')];
    expect(violations(dialled, ...taken('a'), ...completed('a'), ...again)).toEqual(['delivered after its end: a']);
    expect(violations(dialled, sent('a'), ...completed('a'), ...again)).toEqual(['delivered after its end: a']);
  });

  it('finds two deliveries on one connection', () => {
    const twice = [delivered('a'), acknowledged('a'), ...completed('a')];
    expect(violations(dialled, ...taken('a'), ...twice)).toEqual(['delivered twice on one connection: a']);
  });

  it('finds more deliveries than the maximum', () => {
    const often = Array.from({ length: MAX }, () => [dialled, delivered('a')]).flat();
    expect(violations(...taken('a'), ...often, dialled, ...completed('a'))).toEqual([
      'delivered more often than 3 times: a',
    ]);
  });

  it('finds what is given up before its time, and lets be what was delivered often enough, seen or not', () => {
    const giveUp = feedback('a', 'DeliveryCountExceeded');
    expect(violations(dialled, dialled, ...taken('a'), dialled, delivered('a'), giveUp)).toEqual([
      'given up too early: a',
    ]);
    expect(judgeMessages([...taken('a'), dialled, dialled, dialled, giveUp], MAX)).toMatchObject({
      givenUp: 1,
      violations: [],
    });
  });

  it('finds a wrong order of first deliveries, per device', () => {
    const both = [dialled, ...taken('a'), ...taken('b')];
    expect(violations(...both, ...completed('b'), ...completed('a'))).toEqual([
      'delivered after one that was accepted later: a',
    ]);
    const elsewhere: MessageEvent[] = [{ ...sent('c'), deviceId: 'e' } as MessageEvent, accepted('c')];
    const done = [delivered('c', 'e'), acknowledged('c'), feedback('c')];
    expect(violations(...elsewhere, dialled, ...taken('a'), ...completed('a'), ...done)).toEqual([]);
  });

  it('finds feedback that cannot be', () => {
    const open = [dialled, ...taken('a'), delivered('a')];
    expect(violations(...open, feedback('a'))).toEqual(['completed, but not by its device: a']);
    expect(violations(...open, feedback('a', 'Expired'))).toEqual(['ended as Expired: a']);
    expect(violations(...open, acknowledged('a'), feedback('a'), feedback('a', 'Purged'))).toEqual([
      'ended as Purged and Success: a',
    ]);
  });

  it('finds what nobody sent, and what came to another device', () => {
    expect(violations(dialled, delivered('ghost'))).toEqual(['delivered, but never sent: ghost']);
    expect(violations(dialled, ...taken('a'), delivered('a', 'e'), acknowledged('a'), feedback('a'))).toEqual([
      'delivered to e in place of d: a',
    ]);
  });
});
