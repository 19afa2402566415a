import { setTimeout as pause } from 'node:timers/promises';
import { longestOverlap } from '../harness/overlaps.js';
import { LEASE_MS, type Scenario } from '../scenario.js';
import { closedSince } from '../support/since.js';

const MESSAGES = 500;
const IDENTITIES = 20;
const TOGETHER_MS = 60_000;

export const TWO_CLIENTS: Scenario = {
  name: 'two-clients',
  promise: 'two clients with one identity keep throwing each other out, never both live, and nobody else knows of it',
  run: async ({ fleet, note }) => {
    await fleet.progress(MESSAGES);
    const disputed = fleet.holders.slice(0, IDENTITIES);
    const start = performance.now();
    note(`${disputed.length} identities have two clients`);
    const rivals = disputed.map((device) => fleet.rivalOf(device));
    await pause(TOGETHER_MS);
    const taken = disputed.reduce((sum, { connections }) => sum + connections.length, 0);
    await Promise.all(rivals.map((rival) => rival.close()));
    note('one of each is gone');
    const backMs = await fleet.allServed();
    const broken: string[] = [];
    const lost = fleet.holders.filter((device) => !disputed.includes(device) && closedSince(device, start));
    if (lost.length > 0) {
      broken.push(`${lost.length} connections of others ended`);
    }
    const now = performance.now();
    const doubled = disputed.filter((device, index) => {
      const connections = [...device.connections, ...(rivals[index]?.connections ?? [])];
      connections.sort((left, right) => (left.acceptedAt ?? 0) - (right.acceptedAt ?? 0));
      return longestOverlap(connections, now) > LEASE_MS;
    });
    if (doubled.length > 0) {
      broken.push(`${doubled.length} identities had two live connections for more than ${LEASE_MS} ms`);
    }
    const idle = rivals.filter(({ connections }) => connections.length === 0);
    if (idle.length > 0) {
      broken.push(`${idle.length} second clients were never admitted`);
    }
    return {
      injected: `${disputed.length} identities twice for ${TOGETHER_MS / 1000} s, ${taken} connections`,
      backMs,
      broken,
    };
  },
};
