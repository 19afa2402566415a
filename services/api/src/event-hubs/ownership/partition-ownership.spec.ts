import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Affinity, openAffinity } from '@mooring/affinity';
import type { LinkError } from '@mooring/amqp';
import { ManualClock } from '@mooring/clock';
import { createLogger } from '@mooring/observability';
import type { control } from '@mooring/proto';
import { PartitionOwnership } from './partition-ownership.js';
import { ReaderLease } from './reader-lease.js';
import type { Receiver } from './receiver.js';

const logger = createLogger('ownership-test', 'silent');

class TestReceiver implements Receiver {
  disconnectedBy: string | undefined;

  constructor(
    readonly id: string,
    readonly ownerLevel: number | undefined = undefined,
    readonly partition = '$default/0',
  ) {}

  disconnect(error: LinkError): void {
    this.disconnectedBy = error.condition;
  }
}

describe('PartitionOwnership', () => {
  let clock: ManualClock;
  let affinity: Affinity;
  let announced: control.PartitionTakenOver[];

  beforeEach(async () => {
    clock = new ManualClock();
    affinity = await openAffinity({ kind: 'embedded', clock });
    announced = [];
  });

  async function start(process: string) {
    const lease = new ReaderLease({ affinity, clock, logger, process, lapsed: () => void ownership.claimAgain() });
    const channel = { announce: async (event: control.PartitionTakenOver) => void announced.push(event) };
    const ownership: PartitionOwnership = new PartitionOwnership({
      affinity,
      lease,
      channel,
      logger,
      entity: 'events',
    });
    await lease.start();
    return { ownership, lease };
  }

  it('lets at most five share a partition', async () => {
    const { ownership } = await start('a');
    const receivers = ['1', '2', '3', '4', '5'].map((id) => new TestReceiver(id));
    await Promise.all(receivers.map((receiver) => ownership.admit(receiver)));
    await expect(ownership.admit(new TestReceiver('6'))).rejects.toMatchObject({
      condition: 'amqp:resource-limit-exceeded',
    });
    await ownership.leave(receivers[0] as TestReceiver);
    await ownership.admit(new TestReceiver('6'));
  });

  it('takes it from those who share it, and gives it back when the owner leaves', async () => {
    const { ownership } = await start('a');
    const [shared, owner] = [new TestReceiver('s'), new TestReceiver('o', 0)];
    await ownership.admit(shared);
    await ownership.admit(owner);
    expect(shared.disconnectedBy).toBe('amqp:link:stolen');
    await expect(ownership.admit(new TestReceiver('t'))).rejects.toMatchObject({ condition: 'amqp:link:stolen' });
    await ownership.leave(owner);
    await ownership.admit(new TestReceiver('t'));
  });

  it('goes to one of those that claim it at once', async () => {
    const { ownership } = await start('a');
    const receivers = [3, 1, 2, 3].map((level, n) => new TestReceiver(`r${n}`, level));
    await Promise.allSettled(receivers.map((receiver) => ownership.admit(receiver)));
    const left = receivers.filter(({ disconnectedBy }) => disconnectedBy === undefined);
    expect(left.map(({ ownerLevel }) => ownerLevel)).toContain(3);
    await expect(ownership.admit(new TestReceiver('low', 2))).rejects.toMatchObject({ condition: 'amqp:link:stolen' });
  });

  it('hears of an owner in another process: of a higher level, or of the one that took it at the same', async () => {
    const [here, there] = [await start('a'), await start('b')];
    const [first, second] = [new TestReceiver('first', 1), new TestReceiver('second', 1)];
    await here.ownership.admit(first);
    await there.ownership.admit(second);
    for (const event of announced) {
      here.ownership.takenOver(event);
      there.ownership.takenOver(event);
    }
    expect([first.disconnectedBy, second.disconnectedBy]).toEqual(['amqp:link:stolen', undefined]);
    there.ownership.takenOver({ partition: 'events/$default/0', receiver: 'x', level: 2, previous: '' });
    expect(second.disconnectedBy).toBe('amqp:link:stolen');
  });

  it('claims again after its lease has lapsed, and disconnects who has lost the partition meanwhile', async () => {
    const { ownership } = await start('a');
    const [kept, lost] = [new TestReceiver('kept', 1), new TestReceiver('lost', 1, '$default/1')];
    await ownership.admit(kept);
    await ownership.admit(lost);
    await affinity.renewLease({ process: 'b', incarnation: 'life' }, 60_000);
    const claim = (level: number) =>
      affinity.claimOwnership('events/$default/1', { receiver: 'r', process: 'b', incarnation: 'life', level });
    await claim(9);
    await ownership.claimAgain();
    expect([kept.disconnectedBy, lost.disconnectedBy]).toEqual([undefined, 'amqp:link:stolen']);
  });

  it('asks to try again later while nobody knows who reads', async () => {
    const { ownership } = await start('a');
    affinity.claimOwnership = async () => {
      throw new Error('unreachable');
    };
    for (const level of [undefined, 3]) {
      await expect(ownership.admit(new TestReceiver('r', level))).rejects.toMatchObject({
        condition: 'com.microsoft:server-busy',
      });
    }
  });
});

describe('ReaderLease', () => {
  it('starts a new life when the old one has lapsed', async () => {
    const clock = new ManualClock();
    const affinity = await openAffinity({ kind: 'embedded', clock });
    let lapses = 0;
    const lease = new ReaderLease({ affinity, clock, logger, process: 'p', lapsed: () => void lapses++ });
    await lease.start();
    const first = lease.incarnation;
    await affinity.endLease('p', first);
    clock.advance(3_000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(lapses).toBe(1);
    expect(lease.incarnation).not.toBe(first);
    expect(await affinity.liveProcesses()).toEqual([{ process: 'p', incarnation: lease.incarnation }]);
    await lease.stop();
    expect(await affinity.liveProcesses()).toEqual([]);
  });
});
