import { HubError } from '@mooring/errors';
import type { identity } from '@mooring/proto';
import { toCredentials } from '../mapping/answers.js';
import { fromSessionWrite } from '../mapping/sessions.js';
import type { AdmissionLookup } from './admission.js';
import type { Sessions } from './sessions.js';

/** Identities that one call may be about. */
export const MAX_BATCH = 10_000;

/** The part of the contract that edges admit connections with. */
export class AdmissionContract {
  constructor(
    private readonly admission: AdmissionLookup,
    private readonly sessions: Sessions,
  ) {}

  async resolveCredentials({ keys }: identity.ResolveCredentialsRequest): Promise<identity.ResolveCredentialsResponse> {
    checkBatch(keys.length);
    const admissions = await this.admission.resolve(keys);
    return {
      credentials: keys.map(({ deviceId, moduleId }, place) =>
        toCredentials({ deviceId, moduleId }, admissions[place]),
      ),
    };
  }

  async putSessions({ writes }: identity.PutSessionsRequest): Promise<identity.PutSessionsResponse> {
    checkBatch(writes.length);
    return { written: await this.sessions.put(writes.map(fromSessionWrite)) };
  }
}

function checkBatch(size: number): void {
  if (size > MAX_BATCH) {
    throw new HubError('ArgumentInvalid', `A call is about at most ${MAX_BATCH} identities.`);
  }
}
