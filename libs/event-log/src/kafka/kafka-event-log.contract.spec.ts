import { sharedParts } from '@mooring/test-parts';
import type { AppendLimits } from '../appending/back-pressure.js';
import { type EventLogUnderTest, eventLogContract } from '../contract/index.js';
import { KafkaEventLog } from './kafka-event-log.js';

function open(limits: AppendLimits): EventLogUnderTest {
  const brokers = sharedParts().kafkaBrokers;
  const log = new KafkaEventLog({ brokers, clientId: 'contract', laneLimits: limits, appenderLimits: limits });
  return {
    log,
    reopen: async () => {
      await log.close();
      return open(limits);
    },
    dispose: () => log.close(),
  };
}

eventLogContract('Kafka', async (limits) => open(limits));
