import type { IPublishPacket } from 'mqtt-packet';
import type { MqttClient } from '../../mqtt-client.spec-support.js';

export const INBOX = 'devices/d1/messages/devicebound/#';

export async function message(client: MqttClient): Promise<IPublishPacket> {
  return (await client.next('publish')) as IPublishPacket;
}

/** Message ids of the next messages, and their packet ids. */
export async function messages(client: MqttClient, count: number) {
  const all: { id: string | undefined; packetId: number }[] = [];
  while (all.length < count) {
    const { topic, messageId = 0 } = await message(client);
    all.push({ id: /%24\.mid=([^&]*)/.exec(topic)?.[1], packetId: messageId });
  }
  return all;
}

export async function ids(client: MqttClient, count: number): Promise<(string | undefined)[]> {
  return (await messages(client, count)).map(({ id }) => id);
}

export function puback(client: MqttClient, messageId: number): void {
  client.send({ cmd: 'puback', messageId });
}

/** Messages that have come and were not looked at. */
export function unread({ received }: MqttClient) {
  return received.filter(({ cmd }) => cmd === 'publish');
}
