import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDevelopmentSet } from '@mooring/certificates';
import { SystemClock } from '@mooring/clock';
import { createLogger, createMetrics } from '@mooring/observability';
import { rpcClient } from '../client/rpc-client.js';
import type { Contract, ContractDefinition } from '../contract-definition.js';
import { RpcServer } from '../server/rpc-server.js';
import { PeerCertificates } from '../tls/peer-certificates.js';

const HOST = '127.0.0.1';
const DRAIN_MS = 5_000;
const CONNECT_MS = 10_000;

/** Servers and clients on the loopback interface, with certificates of their own. */
export class Loopback {
  private readonly endings: (() => unknown)[] = [];
  private readonly clock = new SystemClock();
  private readonly log = createLogger('loopback', 'silent');

  private constructor(
    private readonly folder: string,
    private readonly certificates: PeerCertificates,
  ) {}

  /** @param services what its one certificate is for, e.g. `identity` */
  static async open(services: readonly string[]): Promise<Loopback> {
    const folder = await mkdtemp(join(tmpdir(), 'mooring-loopback-'));
    const made = await ensureDevelopmentSet({ folder, services: { loopback: services }, now: Date.now() });
    if (made['loopback'] === undefined) {
      throw new Error('No certificate was made.');
    }
    const certificates = await PeerCertificates.open({
      ...made['loopback'],
      clock: new SystemClock(),
      log: createLogger('loopback', 'silent'),
    });
    return new Loopback(folder, certificates);
  }

  /** Serves an implementation and reaches it. */
  async connect<D extends ContractDefinition>(definition: D, implementation: Contract<D>): Promise<Contract<D>> {
    const { clock, log } = this;
    const shared = { clock, log, metrics: createMetrics(), tls: this.certificates };
    const server = new RpcServer({ ...shared, bindAddress: HOST, port: 0 }).serve(definition, implementation);
    const port = await server.listen();
    this.endings.push(() => server.drain(DRAIN_MS));
    const client = rpcClient(definition, { ...shared, addresses: [`${HOST}:${port}`] });
    this.endings.push(() => client.close());
    await client.connect(CONNECT_MS);
    return client.service;
  }

  async disconnect(): Promise<void> {
    for (let ending = this.endings.pop(); ending !== undefined; ending = this.endings.pop()) {
      await ending();
    }
  }

  async close(): Promise<void> {
    await this.disconnect();
    this.certificates.close();
    await rm(this.folder, { recursive: true });
  }
}
