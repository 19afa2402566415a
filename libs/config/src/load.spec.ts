import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigurationError } from './configuration-error.js';
import { loadConfiguration } from './load.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const withFile = (yaml: string) => {
  const file = join(folder, 'mooring.yaml');
  writeFileSync(file, yaml);
  return () => loadConfiguration({ MOORING_CONFIG: file });
};

describe('loadConfiguration', () => {
  it('has a default for everything', () => {
    const { settings, resources } = loadConfiguration({ PATH: '/bin' });
    expect(settings).toMatchObject({ hostname: '127.0.0.1', mqttsPort: 8883, httpsPort: 443, proxyTrusted: [] });
    expect(settings.kafkaBrokers).toBeUndefined();
    expect(resources).toEqual({ sharedAccessPolicies: [], consumerGroups: [], certificates: [], twinIndexes: [] });
  });

  it('reads numbers and lists, and takes an empty variable as unset', () => {
    const { settings } = loadConfiguration({
      MOORING_MQTTS_PORT: '18883',
      MOORING_KAFKA_BROKERS: 'a:1, b:2',
      MOORING_REDIS_URL: '',
      MOORING_TEST_REDIS_URL: 'ignored',
    });
    expect([settings.mqttsPort, settings.kafkaBrokers, settings.redisUrl]).toEqual([18883, ['a:1', 'b:2'], undefined]);
  });

  it.each([
    ['MOORING_MQTT_PRT', '1'],
    ['MOORING_MQTTS_PORT', '70000'],
    ['MOORING_HOSTNAME', 'localhost'],
    ['MOORING_KAFKA_BROKERS', 'nonsense'],
    ['MOORING_TLS_KEY', '/some/key.pem'],
  ])('names %s when it is unknown or invalid', (variable, value) => {
    const load = () => loadConfiguration({ [variable]: value });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow(variable);
  });

  it('names the file and the key of a resource that is wrong', () => {
    expect(withFile('consumerGroups: [ok]\nroutez: []')).toThrow(/mooring\.yaml.*routez/);
    expect(withFile('sharedAccessPolicies:\n  - {name: x, rights: [Fly]}')).toThrow(/sharedAccessPolicies\.0\.rights/);
    expect(withFile('{')).toThrow(/not valid YAML/);
    expect(withFile('certificates:\n  - {name: ca}')).toThrow(/ca: give either pem or file/);
  });

  it('reads a certificate from the file beside it', () => {
    writeFileSync(join(folder, 'ca.pem'), 'PEM');
    expect(withFile('certificates:\n  - {name: ca, file: ca.pem}')().resources.certificates).toEqual([
      { name: 'ca', pem: 'PEM' },
    ]);
  });
});
