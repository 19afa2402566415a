import { afterAll, beforeAll, describe } from '@jest/globals';
import { type Cluster, type ClusterEdge, sharedParts, startCluster } from '@mooring/test-parts';
import { type Subject, subjectOf } from './both-directions/subject.js';
import { deviceRenewalTests } from './faults/device-renewal.js';
import { type FaultSubject, methodFaults } from './faults/method-faults.js';
import { serviceRenewalTests } from './faults/service-renewal.js';
import { twinFaults } from './faults/twin-faults.js';

const READY_TIMEOUT_MS = 180_000;

describe('a hub of many processes, in both directions', () => {
  let cluster: Cluster;
  let subject: Subject;
  let faults: FaultSubject;
  beforeAll(async () => {
    cluster = await startCluster({ stores: sharedParts(), twins: 2 });
    subject = subjectOf(cluster);
    const [here, there] = cluster.edges as [ClusterEdge, ClusterEdge];
    faults = { cluster, registry: subject.registry, here, there };
  }, READY_TIMEOUT_MS);
  afterAll(async () => {
    await subject?.service.close();
    await cluster?.close();
  });

  describe('misses nothing through a renewal of the token', () => {
    deviceRenewalTests(() => subject);
    serviceRenewalTests(() => subject);
  });
  describe('desired changes', () => twinFaults(() => faults));
  describe('method calls', () => methodFaults(() => faults));
});
