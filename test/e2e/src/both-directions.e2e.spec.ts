import { afterAll, beforeAll, describe } from '@jest/globals';
import { cloudToDeviceTests } from './both-directions/cloud-to-device.js';
import { methodTests } from './both-directions/methods.js';
import { type Subject, subjectOf } from './both-directions/subject.js';
import { twinTests } from './both-directions/twins.js';
import { onEveryHub } from './support/stores.js';

onEveryHub('the npm SDKs in both directions', (start) => {
  let subject: Subject;
  beforeAll(async () => {
    subject = subjectOf(await start());
  });
  afterAll(async () => {
    await subject?.service.close();
    await subject?.hub.close();
  });

  describe('twins', () => twinTests(() => subject));
  describe('direct methods', () => methodTests(() => subject));
  describe('cloud-to-device messages', () => cloudToDeviceTests(() => subject));
});
