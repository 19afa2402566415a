import { describe, expect, it } from '@jest/globals';
import { chooseSubprotocol, protocolsAt } from './websocket-route.js';

describe('protocolsAt', () => {
  it.each([
    '/$iothub/websocket',
    '/%24iothub/websocket',
    '/$iothub/websocket?iothub-no-client-cert=true',
    '/$iothub/websocket/',
    '/$IotHub/WebSocket',
    'wss://hub.example.com/$iothub/websocket',
    'https://hub.example.com:443/%24iothub/websocket?x=/y',
  ])('knows %s', (target) => {
    expect(protocolsAt(target)).toEqual(['mqtt', 'amqp']);
  });

  it('knows where Event Hubs clients go', () => {
    expect(protocolsAt('/$servicebus/websocket/')).toEqual(['amqp']);
  });

  it.each(['/', '', '*', '/devices', '/$iothub', '/$iothub/websocket/x', '/%2524iothub/websocket', 'wss://host'])(
    'refuses %s',
    (target) => {
      expect(protocolsAt(target)).toEqual([]);
    },
  );
});

describe('chooseSubprotocol', () => {
  it('takes the first that can be served, as it was spelt', () => {
    expect(chooseSubprotocol(['mqttv3.1', 'MQTT'], ['mqtt'])).toEqual({ subprotocol: 'MQTT', protocol: 'mqtt' });
    expect(chooseSubprotocol(['mqtt', 'AMQPWSB10'], ['amqp'])).toEqual({ subprotocol: 'AMQPWSB10', protocol: 'amqp' });
    expect(chooseSubprotocol(['mqtt'], ['amqp'])).toBeUndefined();
    expect(chooseSubprotocol([], ['amqp'])).toBeUndefined();
  });
});
