import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseEntityAddress } from './entity-address.js';

describe('parseEntityAddress', () => {
  const partition = { kind: 'partition', group: '$default', partition: '3' };

  it.each([
    ['events/ConsumerGroups/$Default/Partitions/3', partition],
    ['EVENTS/consumergroups/$default/partitions/3', partition],
    ['/events/ConsumerGroups/%24Default/Partitions/3', partition],
    ['amqps://hub.test:5671/events/ConsumerGroups/$Default/Partitions/3', partition],
    ['$management', { kind: 'management' }],
    ['amqps://hub.test/events/$management', { kind: 'management' }],
    ['events', { kind: 'entity' }],
    ['events/Partitions/3', { kind: 'entity' }],
    ['events/ConsumerGroups/$Default/Partitions/3/more', { kind: 'entity' }],
    ['other/ConsumerGroups/$Default/Partitions/3', undefined],
    ['/messages/events/$management', undefined],
    ['/devices/events/messages/events', undefined],
    ['$cbs', undefined],
    ['', undefined],
    ['%', undefined],
  ])('reads %s', (address, expected) => {
    expect(parseEntityAddress(address, 'events')).toEqual(expected);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (address) => void parseEntityAddress(address, 'events')));
  });
});
