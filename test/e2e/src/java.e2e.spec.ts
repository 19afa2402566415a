import { afterAll, beforeAll } from '@jest/globals';
import { type Subject, subjectOf } from './both-directions/subject.js';
import { FEATURES, type JavaBench } from './java/features.js';
import { JavaSdk, PROTOCOLS } from './java/java-sdk.js';
import { cellTests } from './support/cells.js';
import { EventCollector } from './support/event-collector.js';
import { onEveryHub } from './support/stores.js';

onEveryHub('the Java SDK', (start) => {
  let subject: Subject;
  let bench: JavaBench;
  beforeAll(async () => {
    subject = subjectOf(await start());
    await subject.service.open();
    bench = { subject, sdk: await JavaSdk.start(subject.hub), collector: EventCollector.open(subject.hub) };
  });
  afterAll(async () => {
    await bench?.sdk.close();
    await bench?.collector.close();
    await subject?.service.close();
    await subject?.hub.close();
  });

  cellTests(
    PROTOCOLS.flatMap((protocol) =>
      FEATURES.filter(({ protocols }) => protocols.includes(protocol)).map(({ name, prove }) => ({
        name: `over ${protocol} ${name}`,
        run: () => prove(bench, protocol, `${name.replaceAll(/[^a-z0-9]+/g, '-')}-${protocol}`),
      })),
    ),
  );
});
