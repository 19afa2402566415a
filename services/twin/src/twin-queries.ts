import type { twin } from '@mooring/proto';

/** Queries over all twins. */
export interface TwinQueries {
  query(request: twin.QueryTwinsRequest): Promise<twin.QueryTwinsResponse>;
}
