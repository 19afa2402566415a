import { HubError } from '@mooring/errors';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { MAX_LISTED_DEVICES } from './pages.js';

/** Reads `?top=`: how many devices to list; all that one answer can hold where it is absent. */
@Injectable()
export class TopPipe implements PipeTransform<unknown, number> {
  transform(top: unknown): number {
    if (top === undefined) {
      return MAX_LISTED_DEVICES;
    }
    const count = typeof top === 'string' && /^\d{1,4}$/.test(top) ? Number(top) : 0;
    if (count < 1 || count > MAX_LISTED_DEVICES) {
      throw new HubError('ArgumentInvalid', `top must be a number from 1 to ${MAX_LISTED_DEVICES}.`);
    }
    return count;
  }
}
