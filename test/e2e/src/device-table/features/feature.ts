import type { Client, ModuleClient } from 'azure-iot-device';
import type { Authentication } from '../authentications.js';
import type { TableBench } from '../bench.js';
import type { Transport } from '../transports.js';

export interface CellSubject {
  readonly bench: TableBench;
  readonly transport: Transport;
  readonly authentication: Authentication;
  /** Of no other cell; not registered. */
  readonly deviceId: string;
  /** Has a client closed when the cell is through. */
  closing<C extends Client | ModuleClient>(client: C): C;
}

/** Something that a device does, which is to work over each transport and by each authentication. */
export interface Feature {
  readonly name: string;
  prove(cell: CellSubject): Promise<void>;
}

/** Registers a cell's device, and makes its client; not yet opened. */
export async function enrolled(cell: CellSubject): Promise<Client> {
  const { bench, transport, authentication, deviceId } = cell;
  const enrolment = await authentication.enrol(bench, deviceId);
  return cell.closing(await enrolment.client(transport));
}
