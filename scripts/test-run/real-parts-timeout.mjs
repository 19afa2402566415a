// Jest heeds `testTimeout` of the whole run only, not of a project: tests on real parts get their time here.
import { jest } from '@jest/globals';

jest.setTimeout(120_000);
