// No unit test waits for long, but each may have to wait for its turn on a busy machine: five seconds, as Jest gives, are few.
import { jest } from '@jest/globals';

jest.setTimeout(60_000);
