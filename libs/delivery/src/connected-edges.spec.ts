import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Held, ProcessLease } from '@mooring/affinity';
import type { edge } from '@mooring/proto';
import { ConnectedEdges } from './connected-edges.js';

const ALL: readonly ProcessLease[] = [
  { process: 'e1', incarnation: 'i', address: 'e1:1' },
  { process: 'e2', incarnation: 'i', address: 'e2:1' },
  { process: 'reader/event-hubs', incarnation: 'i' },
];
const key = (deviceId: string, moduleId = '') => ({ deviceId, moduleId });

let leases: readonly ProcessLease[];
let held: Record<string, Held>;
let complete: boolean;
/** Epochs by edge and identity, as the edges themselves know them. */
let connected: Record<string, Record<string, number>>;
let unanswered: string[];
let asked: { readonly address: string; readonly keys: number }[];
let services: Map<string, edge.DeliveryService>;

function service(name: string): edge.DeliveryService {
  const known = services.get(name) ?? ({} as edge.DeliveryService);
  services.set(name, known);
  return known;
}

function edges(own?: 'e1'): ConnectedEdges {
  return new ConnectedEdges({
    affinity: {
      locate: async (names) => ({ holders: names.map((name) => held[name]), complete }),
      liveProcesses: async () => leases,
    },
    peers: {
      delivery: service,
      edge: (address) => ({
        closeConnections: () => Promise.reject(new Error('not asked')),
        findConnections: async ({ keys }) => {
          asked.push({ address, keys: keys.length });
          const there = connected[address];
          if (there === undefined) {
            throw new Error('unreachable');
          }
          return { epochs: keys.map(({ deviceId }) => there[deviceId] ?? 0) };
        },
      }),
    },
    own: own && { process: own, delivery: () => service('own') },
    onUnanswered: (address) => unanswered.push(address),
  });
}

beforeEach(() => {
  leases = ALL;
  held = {};
  complete = true;
  connected = {};
  unanswered = [];
  asked = [];
  services = new Map();
});

function hold(name: string, process: string, incarnation = 'i'): void {
  held[name] = { edge: process, incarnation, connection: 'c', epoch: 1 };
}

describe('connected edges', () => {
  it('are found by the address of their lease, each the same object', async () => {
    hold('d1', 'e1');
    hold('d1/m', 'e2');
    hold('d3', 'e1');
    const found = await edges().locate([key('d1'), key('d1', 'm'), key('d2'), key('d3')]);
    expect(found[0]?.[0]).toBe(service('e1:1'));
    expect(found[1]?.[0]).toBe(service('e2:1'));
    expect(found[2]).toEqual([]);
    expect(found[3]?.[0]).toBe(found[0]?.[0]);
  });

  it('are reached without a call where this process is the edge', async () => {
    hold('d1', 'e1');
    expect((await edges('e1').locate([key('d1')]))[0]?.[0]).toBe(service('own'));
  });

  it('are nobody where another life of theirs holds the device', async () => {
    hold('d1', 'e1', 'earlier');
    expect(await edges().locate([key('d1')])).toEqual([[]]);
  });

  it('are asked themselves while the store may lack holders; the newest connection counts', async () => {
    hold('d1', 'e1');
    complete = false;
    connected = { 'e1:1': { d2: 5, d3: 9 }, 'e2:1': { d2: 7 } };
    const found = await edges().locate([key('d1'), key('d2'), key('d3'), key('d4')]);
    expect(found.map(([first]) => first)).toEqual([service('e1:1'), service('e2:1'), service('e1:1'), undefined]);
  });

  it('that do not answer are told of, and hold up nobody', async () => {
    complete = false;
    connected = { 'e2:1': { d: 1 } };
    expect((await edges().locate([key('d')]))[0]?.[0]).toBe(service('e2:1'));
    expect(unanswered).toEqual(['e1:1']);
  });

  it('are asked though their leases went with what the store held, as long as they answer', async () => {
    hold('d', 'e1');
    const locator = edges();
    await locator.locate([key('d')]);
    [held, complete, leases] = [{}, false, []];
    connected = { 'e1:1': { d: 5 } };
    expect((await locator.locate([key('d')]))[0]?.[0]).toBe(service('e1:1'));
    expect(unanswered).toEqual(['e2:1']);
    await locator.locate([key('d')]);
    expect(asked.map(({ address }) => address)).toEqual(['e1:1', 'e2:1', 'e1:1']);
  });

  it('are asked at once for what is wanted at once, as much as an edge takes in a call', async () => {
    complete = false;
    connected = { 'e1:1': { d7: 1 }, 'e2:1': { other: 1 } };
    const locator = edges();
    const many = Array.from({ length: 1_500 }, (_, index) => key(`d${index}`));
    const [found, other] = await Promise.all([locator.locate(many), locator.locate([key('other')])]);
    expect(found.flatMap(([first], index) => (first === undefined ? [] : [index]))).toEqual([7]);
    expect(other[0]?.[0]).toBe(service('e2:1'));
    expect(asked.map(({ address, keys }) => `${address} ${keys}`).sort()).toEqual([
      'e1:1 1000',
      'e1:1 501',
      'e2:1 1000',
      'e2:1 501',
    ]);
  });

  it('are this very one, also where it had to be asked', async () => {
    complete = false;
    connected = { 'e1:1': { d: 5 }, 'e2:1': { d: 4 } };
    expect((await edges('e1').locate([key('d')]))[0]?.[0]).toBe(service('own'));
  });

  it('are only this one where there are no others', async () => {
    hold('here', 'e1');
    hold('gone', 'e2');
    complete = false;
    const own = { process: 'e1', delivery: () => service('own') };
    const affinity = {
      locate: async (names: readonly string[]) => ({ holders: names.map((name) => held[name]), complete }),
      liveProcesses: async () => leases,
    };
    const alone = new ConnectedEdges({ affinity, own, onUnanswered: (address) => unanswered.push(address) });
    expect(await alone.locate([key('here'), key('gone'), key('nobody')])).toEqual([
      [service('own')],
      [],
      [service('own')],
    ]);
    expect(asked).toEqual([]);
  });

  it('cannot be found while the store cannot be reached', async () => {
    const away = () => Promise.reject(new Error('away'));
    const affinity = { locate: away, liveProcesses: away };
    const lost = new ConnectedEdges({ affinity, onUnanswered: () => undefined });
    await expect(lost.locate([key('d')])).rejects.toThrow('away');
  });
});
