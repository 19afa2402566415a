import type { Affinity } from '@mooring/affinity';
import type { DocumentStore } from '@mooring/document-store';
import type { EventLog } from '@mooring/event-log';
import type { ReadinessCheck } from '../admin/readiness.js';

export function logCheck(log: EventLog): ReadinessCheck {
  return { name: 'event log', check: () => log.deficiencies() };
}

export function documentsCheck(documents: DocumentStore): ReadinessCheck {
  return { name: 'document store', check: () => documents.deficiencies() };
}

export function affinityCheck(affinity: Affinity): ReadinessCheck {
  return {
    name: 'affinity',
    check: async () => {
      const message = await affinity.deficiency();
      return message === undefined ? [] : [{ severity: 'unavailable', message }];
    },
  };
}

/** Less than readiness itself waits for an answer. */
const CONNECT_MS = 2_000;

/** Of a service in other processes. Also what has the connection made, before the first device needs it. */
export function remoteCheck(name: string, client: { connect(timeoutMs: number): Promise<void> }): ReadinessCheck {
  return {
    name,
    check: () => client.connect(CONNECT_MS).then(() => []),
  };
}

/** The same until it was reached for the first time. */
export function reachedOnceCheck(name: string, client: { connect(timeoutMs: number): Promise<void> }): ReadinessCheck {
  let reached = false;
  return {
    name,
    check: async () => {
      if (!reached) {
        await client.connect(CONNECT_MS);
        reached = true;
      }
      return [];
    },
  };
}
