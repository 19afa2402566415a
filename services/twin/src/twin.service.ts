import type { Collection } from '@mooring/document-store';
import type { twin } from '@mooring/proto';
import type { TwinMetrics } from './metrics.js';
import type { TwinRecord } from './store/twin-record.js';
import { toldError } from './told-error.js';
import type { TwinQueries } from './twin-queries.js';
import { desiredVersions } from './twins/desired-versions.js';
import type { ModelsContract } from './twins/models-contract.js';
import type { PropertiesContract } from './twins/properties-contract.js';
import type { TwinsContract } from './twins/twins-contract.js';

export interface TwinParts {
  readonly twins: TwinsContract;
  readonly properties: PropertiesContract;
  readonly models: ModelsContract;
  readonly collection: Collection<TwinRecord>;
  readonly queries: TwinQueries;
  readonly metrics: TwinMetrics;
}

/** The contract as one: counts every call, and tells an absent store in the contract's own words. */
export class TwinServer implements twin.TwinService {
  constructor(private readonly parts: TwinParts) {}

  getTwin(request: twin.GetTwinRequest): Promise<twin.GetTwinResponse> {
    return this.observed('GetTwin', () => this.parts.twins.getTwin(request));
  }

  updateTwin(request: twin.UpdateTwinRequest): Promise<twin.UpdateTwinResponse> {
    const operation = request.replace ? 'ReplaceTwin' : 'UpdateTwin';
    return this.observed(operation, () => this.parts.twins.updateTwin(request));
  }

  queryTwins(request: twin.QueryTwinsRequest): Promise<twin.QueryTwinsResponse> {
    return this.observed('QueryTwins', () => this.parts.queries.query(request));
  }

  getProperties(request: twin.GetPropertiesRequest): Promise<twin.GetPropertiesResponse> {
    return this.observed('GetProperties', () => this.parts.properties.getProperties(request));
  }

  patchReported(request: twin.PatchReportedRequest): Promise<twin.PatchReportedResponse> {
    return this.observed('PatchReported', () => this.parts.properties.patchReported(request));
  }

  setModels(request: twin.SetModelsRequest): Promise<twin.SetModelsResponse> {
    return this.observed('SetModels', () => this.parts.models.setModels(request));
  }

  getDesiredVersions(request: twin.GetDesiredVersionsRequest): Promise<twin.GetDesiredVersionsResponse> {
    return this.observed('GetDesiredVersions', () => desiredVersions(this.parts.collection, request));
  }

  private async observed<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call();
      this.parts.metrics.ended(operation);
      return answer;
    } catch (error) {
      const told = toldError(error);
      this.parts.metrics.ended(operation, told);
      throw told;
    }
  }
}
