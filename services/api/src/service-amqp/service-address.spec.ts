import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseServiceAddress } from './service-address.js';

describe('parseServiceAddress', () => {
  it.each([
    ['/messages/devicebound', { kind: 'device-bound' }],
    ['/messages/deviceBound', { kind: 'device-bound' }],
    ['amqps://hub.iot.test/messages/deviceBound', { kind: 'device-bound' }],
    ['amqps://user:pass%2F@hub.iot.test:5671/messages/devicebound', { kind: 'device-bound' }],
    ['messages/devicebound/', { kind: 'device-bound' }],
    ['/messages/serviceBound/feedback', { kind: 'feedback' }],
    ['/messages/servicebound/feedback', { kind: 'feedback' }],
    ['/messages/serviceBound/filenotifications', { kind: 'file-notifications' }],
    ['/messages/events/$management', { kind: 'events', rest: '$management' }],
    ['amqps://hub.iot.test/Messages/Events/%24management', { kind: 'events', rest: '$management' }],
    ['/messages/events', { kind: 'events', rest: '' }],
    [
      'messages/events/ConsumerGroups/$Default/Partitions/3',
      { kind: 'events', rest: 'ConsumerGroups/$Default/Partitions/3' },
    ],
    ['/messages/devicebound/more', undefined],
    ['/messages/servicebound', undefined],
    ['/messages', undefined],
    ['/devices/d/messages/devicebound', undefined],
    ['/devices/messages/messages/events', undefined],
    ['events/$management', undefined],
    ['https://hub.iot.test/messages/devicebound', undefined],
    ['$cbs', undefined],
    ['', undefined],
    ['%', undefined],
  ])('reads %s', (address, expected) => {
    expect(parseServiceAddress(address)).toEqual(expected);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (address) => void parseServiceAddress(address)));
  });
});
