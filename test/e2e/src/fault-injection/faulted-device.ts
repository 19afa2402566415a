import { once } from 'node:events';
import { until } from '@mooring/test-parts';
import { Message as CloudMessage, ExponentialBackOffWithJitter, NoRetry } from 'azure-iot-common';
import { Client, Message } from 'azure-iot-device';
import type { Subject } from '../both-directions/subject.js';
import { createDevice } from '../support/registry.js';
import { type AskedFault, faultMessage, type Transport } from './faults.js';

const TIMEOUT_MS = 20_000;
/** Between two tries of a back end. */
const PAUSE_MS = 200;

/** A device of the npm SDK that breaks its own connection. */
export class FaultedDevice {
  private readonly messages: string[] = [];
  private readonly marks = new Set<string>();

  private constructor(
    readonly id: string,
    readonly client: Client,
    private readonly subject: Subject,
  ) {}

  static async open(subject: Subject, id: string, transport: Transport): Promise<FaultedDevice> {
    const { connectionString } = await createDevice(subject.registry, subject.hub, id);
    const client = Client.fromConnectionString(connectionString, transport);
    await client.open();
    return new FaultedDevice(id, client, subject);
  }

  /** Listens to all that a device may, so that each link is there. */
  async listen(): Promise<void> {
    this.client.on('message', (message) => {
      this.messages.push(message.data.toString());
      this.client.complete(message, () => undefined);
    });
    this.client.onDeviceMethod('ping', (_, response) => response.send(200, undefined, () => undefined));
    const twin = await this.client.getTwin();
    twin.on('properties.desired', ({ mark }: { mark?: string }) => {
      this.marks.add(mark ?? '');
    });
  }

  /** Resolves when a message, a method and a change of its twin have come to it, which back ends try until they do. */
  async isReached(mark: string): Promise<void> {
    const { service, registry } = this.subject;
    const deviceId = this.id;
    await service.send(deviceId, new CloudMessage(mark));
    await reaching('a method', async () => {
      const { result } = await service.invokeDeviceMethod(deviceId, { methodName: 'ping', payload: null });
      return result.status === 200;
    });
    let tries = 0;
    await reaching('a change of its twin', async () => {
      await registry.updateTwin(deviceId, { properties: { desired: { mark, try: ++tries } } }, '*');
      return this.marks.has(mark);
    });
    await reaching('a message', () => this.messages.includes(mark));
  }

  async send(text: string): Promise<void> {
    await this.client.sendEvent(new Message(text));
  }

  async ask(fault: AskedFault): Promise<void> {
    await this.client.sendEvent(faultMessage(fault));
  }

  /** Resolves when the SDK has seen its connection end, of which it tells where it is not to try again. */
  async broken(fault: AskedFault): Promise<void> {
    this.client.setRetryPolicy(new NoRetry());
    const disconnected = once(this.client, 'disconnect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await this.ask(fault);
    await disconnected;
    this.client.setRetryPolicy(new ExponentialBackOffWithJitter());
  }

  /** Resolves when the SDK has connected again, by itself. */
  async brokenAndBack(fault: AskedFault): Promise<void> {
    const connected = once(this.client, 'connect', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await this.ask(fault);
    await connected;
  }

  async close(): Promise<void> {
    await this.client.close();
  }
}

async function reaching(what: string, attempt: () => Promise<boolean> | boolean): Promise<void> {
  await until(attempt, { what: `${what} reaches the device`, timeoutMs: TIMEOUT_MS, everyMs: PAUSE_MS });
}
