import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type HubPart, startHub } from '@mooring/test-parts';
import type { Registry } from 'azure-iothub';
import { HonestDevice } from './honest-device.js';
import { ownerKey } from './https.js';
import { createDevice, openRegistry } from './registry.js';
import { residentKiB } from './resident.js';

/**
 * What the hub may grow by under attack. Any one heavy attack makes it grow by some 120 MiB (the stores' mapped files, and
 * what the collector leaves for later), and the same attack ten times over by no more than that; on a machine so busy that the
 * collector comes late, 260 MiB were seen.
 */
const GROWTH_LIMIT_KIB = 400 * 1024;
const HONEST = 'honest';

/** A hub that is attacked. */
export interface Siege {
  readonly hub: HubPart;
  readonly registry: Registry;
  /** Says that a text must never turn up in the hub's output. Texts that are too short to be secrets are let be. */
  keepSecret(text: string): void;
  /** What the attacks have done to it so far. */
  damage(): Damage;
}

export interface Damage {
  readonly grownKiB: number;
  /** How many secrets are in its output. */
  readonly leaked: number;
  readonly crashed: boolean;
}

/**
 * Starts a hub, which logs all that it can, and keeps an honest device connected to it. After each test the hub must be the
 * same process and still serve that device.
 *
 * @returns the hub, for use in tests and hooks only
 */
export function underSiege(environment: () => Record<string, string>): Siege {
  const secrets = new Set<string>();
  let hub: HubPart;
  let registry: Registry;
  let honest: HonestDevice;
  let pid: number | undefined;
  let residentBefore = 0;

  function keepSecret(text: string): void {
    if (text.length >= 16) {
      secrets.add(text).add(encodeURIComponent(text));
    }
  }

  beforeAll(async () => {
    hub = await startHub({ environment: { MOORING_LOG_LEVEL: 'trace', ...environment() } });
    registry = openRegistry(hub);
    const { key } = await createDevice(registry, hub, HONEST);
    keepSecret(key);
    keepSecret(ownerKey(hub).toString('base64'));
    honest = await HonestDevice.connect(hub, HONEST, key);
    await honest.served();
    pid = hub.pid;
    residentBefore = residentKiB(hub);
  });

  afterEach(async () => {
    expect(hub.pid).toBe(pid);
    await honest.served();
  });

  afterAll(async () => {
    honest?.close();
    await hub?.close();
  });

  return {
    get hub() {
      return hub;
    },
    get registry() {
      return registry;
    },
    keepSecret,
    damage: () => {
      const output = hub.output();
      return {
        grownKiB: residentKiB(hub) - residentBefore,
        leaked: [...secrets].filter((secret) => output.includes(secret)).length,
        crashed: /uncaught|unhandled/i.test(output),
      };
    },
  };
}

/** The last test of a siege. */
export function withstandsSiege(siege: Siege): void {
  it(`has grown by less than ${GROWTH_LIMIT_KIB / 1024} MiB, and has written no secret`, () => {
    const { grownKiB, leaked, crashed } = siege.damage();
    expect(grownKiB).toBeLessThan(GROWTH_LIMIT_KIB);
    expect({ leaked, crashed }).toEqual({ leaked: 0, crashed: false });
  });
}
