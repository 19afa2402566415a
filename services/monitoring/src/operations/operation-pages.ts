import type { Collection } from '@mooring/document-store';
import { HubError } from '@mooring/errors';
import type { monitoring } from '@mooring/proto';
import { MAX_OPERATIONS_PAGE } from '../limits.js';
import type { OperationDocument } from './operation-document.js';
import { isOperationKey, keyPrefix } from './operation-key.js';

/** Operation records in pages, the newest first. */
export class OperationPages {
  constructor(private readonly collection: Collection<OperationDocument>) {}

  /** @throws HubError `ArgumentInvalid` for a page size or token that is none */
  async list(request: monitoring.ListOperationsRequest): Promise<monitoring.ListOperationsResponse> {
    const size = pageSize(request.pageSize);
    const { deviceId, category } = request;
    const isByIndex = deviceId !== '' || category !== '';
    const found = await this.collection.query({
      filter: {
        _id: keyRange(request),
        ...(deviceId !== '' && { deviceId }),
        ...(category !== '' && { category }),
      },
      // The order of an index that ends with `_id`; without one, that of the documents themselves.
      sort: isByIndex ? [['_id', 1]] : [],
      limit: size + 1,
    });
    const page = found.slice(0, size);
    const last = page.at(-1);
    return {
      records: page.map(({ record }) => record),
      nextPageToken: found.length > size && last !== undefined ? Buffer.from(last._id).toString('base64url') : '',
    };
  }
}

/** Keys descend as time grows. */
function keyRange({ fromMs, untilMs, pageToken }: monitoring.ListOperationsRequest): Record<string, string> {
  const first = untilMs > 0 ? keyPrefix(untilMs - 1) : '';
  const after = readPageToken(pageToken);
  return {
    ...(after === undefined || after < first ? { $gte: first } : { $gt: after }),
    ...(fromMs > 0 && { $lt: keyPrefix(fromMs - 1) }),
  };
}

function readPageToken(token: string): string | undefined {
  if (token === '') {
    return undefined;
  }
  const key = Buffer.from(token, 'base64url').toString('latin1');
  if (!isOperationKey(key)) {
    throw new HubError('ArgumentInvalid', 'The continuation token is not one of this hub.');
  }
  return key;
}

function pageSize(size: number): number {
  if (size < 0 || size > MAX_OPERATIONS_PAGE || !Number.isInteger(size)) {
    throw new HubError('ArgumentInvalid', `A page holds 1 to ${MAX_OPERATIONS_PAGE} records.`);
  }
  return size === 0 ? MAX_OPERATIONS_PAGE : size;
}
