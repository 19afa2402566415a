import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSasToken, sasKeyFromBase64 } from '@mooring/credentials';
import { Message as CloudMessage } from 'azure-iot-common';
import { Client, Message } from 'azure-iot-device';
import { Http } from 'azure-iot-device-http';
import { Mqtt } from 'azure-iot-device-mqtt';
import { eventually } from './both-directions/eventually.js';
import { newModule, type Subject, subjectOf } from './both-directions/subject.js';
import { EventCollector } from './support/event-collector.js';
import { type Answer, type Call, call } from './support/https.js';
import { createDevice } from './support/registry.js';
import { onEveryHub } from './support/stores.js';

const VERSION = 'api-version=2021-04-12';

onEveryHub('devices that speak HTTPS', (start) => {
  let subject: Subject;
  let collector: EventCollector;
  beforeAll(async () => {
    subject = subjectOf(await start());
    collector = EventCollector.open(subject.hub);
  });
  afterAll(async () => {
    await collector?.close();
    await subject?.service.close();
    await subject?.hub.close();
  });

  const tokenOf = (resource: string, key: string) => {
    const se = Math.floor(Date.now() / 1_000) + 600;
    return createSasToken({ resource: `${subject.hub.host}/${resource}`, key: sasKeyFromBase64(key), se });
  };

  /** By the host that devices dial: back ends may have another. */
  const callAsDevice = (request: Call): Promise<Answer> => {
    const { hub } = subject;
    const connectionString = hub.connectionString.replace(/HostName=[^;]+/, `HostName=${hub.host}`);
    return call({ ...hub, connectionString }, request);
  };

  /** A device that makes its requests by itself. */
  async function plainDevice(deviceId: string) {
    const { key } = await createDevice(subject.registry, subject.hub, deviceId);
    const authorization = tokenOf(`devices/${deviceId}`, key);
    return (more: Omit<Call, 'path'> & { readonly path?: string }): Promise<Answer> =>
      callAsDevice({
        ...more,
        path: `/devices/${deviceId}/messages/${more.path ?? 'events'}`,
        headers: { authorization, ...more.headers },
      });
  }

  it('leave a connection of the same device alone', async () => {
    const { connectionString } = await createDevice(subject.registry, subject.hub, 'http-both');
    const connected = Client.fromConnectionString(connectionString, Mqtt);
    let isConnected = true;
    connected.on('disconnect', () => {
      isConnected = false;
    });
    await connected.open();
    const requesting = Client.fromConnectionString(connectionString, Http);
    await requesting.sendEvent(new Message('by request'));
    await connected.sendEvent(new Message('by connection'));
    expect(await collector.ofDevice('http-both', 2)).toHaveLength(2);
    expect(isConnected).toBe(true);
    await connected.close();
    await requesting.close();
  });

  it('are refused as soon as they are disabled', async () => {
    const send = await plainDevice('http-disabled');
    expect((await send({ method: 'POST', body: 'x' })).status).toBe(204);
    await subject.registry.update({ deviceId: 'http-disabled', status: 'disabled' });
    await eventually('a refusal', async () => (await send({ method: 'POST', body: 'x' })).status === 401);
  });

  it('call methods of their device as modules', async () => {
    const module = await newModule(subject, { deviceId: 'http-method', moduleId: 'callee' }, Mqtt);
    module.onMethod('echo', (request, response) => void response?.send(299, request?.payload));
    await module.open();
    const { responseBody } = await subject.registry.addModule({ deviceId: 'http-method', moduleId: 'caller' });
    const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
    const ask = (path: string) =>
      callAsDevice({
        method: 'POST',
        path,
        headers: {
          authorization: tokenOf('devices/http-method/modules/caller', key),
          'x-ms-edge-moduleId': 'http-method/caller',
        },
        body: '{"methodName":"echo","payload":{"n":1.50},"connectTimeoutInSeconds":10}',
      });
    const answer = await ask(`/twins/http-method/modules/callee/methods?${VERSION}`);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status: 299, payload: { n: 1.5 } }]);
    expect((await ask('/twins/http-both/methods')).status).toBe(401);
    await module.close();
  });

  describe('by themselves', () => {
    it('receive under a lock, in both spellings of headers, and settle by it', async () => {
      const send = await plainDevice('http-plain');
      expect((await send({ method: 'GET', path: `devicebound?${VERSION}` })).status).toBe(204);
      const message = new CloudMessage('hi');
      message.contentType = 'application/json';
      await subject.service.open();
      await subject.service.send('http-plain', message);
      const { status, headers, body } = await send({
        method: 'GET',
        path: 'deviceBound',
        headers: { 'IotHub-MessageLockTimeout': '30' },
      });
      expect([status, body, headers['contenttype'], headers['iothub-contenttype']]).toEqual([
        200,
        'hi',
        'application/json',
        'application/json',
      ]);
      const path = `devicebound/${String(headers['etag']).slice(1, -1)}`;
      expect((await send({ method: 'DELETE', path })).status).toBe(204);
      const lost = await send({ method: 'DELETE', path: 'devicebound/00000000-0000-0000-0000-000000000000' });
      expect([lost.status, lost.headers['iothub-errorcode']]).toEqual([412, 'DeviceMessageLockLost']);
    });

    it('are told what is wrong, and nothing of it is stored', async () => {
      const send = await plainDevice('http-wrong');
      const batch = { 'content-type': 'application/vnd.microsoft.iothub.json' };
      const answers = [
        await send({ method: 'POST', headers: batch, body: '[{"body":"b25l"},{"body":"wrong base64"}]' }),
        await send({ method: 'POST', body: 'x'.repeat(256 * 1024 + 1) }),
        await send({ method: 'POST', headers: { authorization: 'SharedAccessSignature sr=x' } }),
        await send({ method: 'POST', path: '../../http-plain/messages/events' }),
        await callAsDevice({ method: 'POST', path: '/devices/%23%2B/messages/events' }),
      ];
      expect(answers.map(({ status, headers }) => [status, headers['iothub-errorcode']])).toEqual([
        [400, 'ArgumentInvalid'],
        [413, 'MessageTooLarge'],
        [401, 'IotHubUnauthorized'],
        [404, 'ResourceNotFound'],
        [401, 'IotHubUnauthorized'],
      ]);
      expect((await send({ method: 'POST', body: 'last' })).status).toBe(204);
      const [only] = await collector.ofDevice('http-wrong', 1);
      expect(Buffer.from(only?.body).toString()).toBe('last');
    });
  });
});
