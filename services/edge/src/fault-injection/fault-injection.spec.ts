import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import { deviceIdentity } from '../device-session/device-identity.js';
import type { Fault } from './fault.js';
import { FaultInjection, type FaultTarget, injectedFaults } from './fault-injection.js';
import { fault } from './faults.spec-support.js';

const DEVICE = deviceIdentity('d1');
const OTHER = deviceIdentity('d2');

let clock: ManualClock;
let injection: FaultInjection;
let struck: Fault[];
let target: FaultTarget;

beforeEach(() => {
  clock = new ManualClock();
  injection = new FaultInjection({
    clock,
    log: createLogger('test', 'silent'),
    injected: injectedFaults(createMetrics()),
  });
  struck = [];
  target = { strike: (one) => struck.push(one) > 0 };
});

describe('a fault that breaks a connection', () => {
  it('strikes after its delay, once', () => {
    injection.arm(DEVICE, fault('KillTcp', { delayMs: 2_000, durationMs: 5_000 }), target);
    clock.advance(1_999);
    expect(struck).toEqual([]);
    clock.advance(1);
    expect(struck.map(({ type }) => type)).toEqual(['KillTcp']);
    clock.advance(60_000);
    expect(struck).toHaveLength(1);
  });

  it('never strikes before the acknowledgement has left, not even without a delay', () => {
    injection.arm(DEVICE, fault('KillTcp'), target);
    expect(struck).toEqual([]);
    clock.advance(0);
    expect(struck).toHaveLength(1);
  });

  it('refuses nothing afterwards', () => {
    injection.arm(DEVICE, fault('KillTcp', { durationMs: 60_000 }), target);
    clock.advance(1);
    expect(injection.refusal(DEVICE)).toBeUndefined();
  });

  it('is forgotten when its connection ends, and no other', () => {
    const other: Fault[] = [];
    injection.arm(DEVICE, fault('KillTcp', { delayMs: 1_000 }), target);
    injection.arm(DEVICE, fault('KillTcp', { delayMs: 1_000 }), { strike: (one) => other.push(one) > 0 });
    injection.ended(DEVICE, target);
    injection.ended(OTHER, target);
    clock.advance(1_000);
    expect(struck).toEqual([]);
    expect(other).toHaveLength(1);
  });

  it('is left out where sixteen of the identity wait', () => {
    for (let i = 0; i < 20; i++) {
      injection.arm(DEVICE, fault('KillTcp', { delayMs: 1_000 }), target);
    }
    injection.arm(OTHER, fault('KillAmqpSession', { delayMs: 1_000 }), target);
    clock.advance(1_000);
    expect(struck.map(({ type }) => type)).toEqual([...Array(16).fill('KillTcp'), 'KillAmqpSession']);
    injection.arm(DEVICE, fault('KillTcp'), target);
    clock.advance(1);
    expect(struck).toHaveLength(18);
  });

  it('is left out where five thousand identities have some, until one of them is well', () => {
    for (let i = 0; i < 5_000; i++) {
      injection.arm(
        deviceIdentity(`x${i}`),
        fault('InvokeThrottling', { durationMs: i === 0 ? 1_000 : 9_000 }),
        target,
      );
    }
    injection.arm(DEVICE, fault('KillTcp'), target);
    clock.advance(1);
    expect(struck).toEqual([]);
    clock.advance(1_000);
    injection.arm(DEVICE, fault('KillTcp'), target);
    clock.advance(1);
    expect(struck).toHaveLength(1);
  });
});

describe('a fault that refuses messages', () => {
  it.each([
    ['InvokeThrottling', 'ThrottlingException', 'com.microsoft:device-container-throttled'],
    ['InvokeMaxMessageQuota', 'IotHubQuotaExceeded', 'amqp:resource-limit-exceeded'],
    ['InvokeAuthError', 'IotHubUnauthorized', 'amqp:unauthorized-access'],
  ] as const)('%s: with its error, from its delay on, for its duration', (type, error, condition) => {
    injection.arm(DEVICE, fault(type, { delayMs: 1_000, durationMs: 5_000, reason: 'boom' }), target);
    clock.advance(999);
    expect(injection.refusal(DEVICE)).toBeUndefined();
    clock.advance(1);
    expect(injection.refusal(DEVICE)).toMatchObject({ error, condition, message: 'boom' });
    expect(injection.refusal(OTHER)).toBeUndefined();
    clock.advance(4_999);
    expect(injection.refusal(DEVICE)).toBeDefined();
    clock.advance(1);
    expect(injection.refusal(DEVICE)).toBeUndefined();
    expect(struck).toEqual([]);
  });

  it('begins with the acknowledgement where there is no delay, and says so in words of its own without a reason', () => {
    injection.arm(DEVICE, fault('InvokeThrottling', { durationMs: 1_000 }), target);
    expect(injection.refusal(DEVICE)?.message).toContain('throttled');
  });

  it('outlives its connection, and gives way to a newer one', () => {
    injection.arm(DEVICE, fault('InvokeThrottling', { delayMs: 1_000, durationMs: 9_000 }), target);
    injection.ended(DEVICE, target);
    clock.advance(1_000);
    expect(injection.refusal(DEVICE)?.error).toBe('ThrottlingException');
    injection.arm(DEVICE, fault('InvokeAuthError', { durationMs: 1_000 }), target);
    expect(injection.refusal(DEVICE)?.error).toBe('IotHubUnauthorized');
    clock.advance(1_000);
    expect(injection.refusal(DEVICE)).toBeUndefined();
  });
});
