import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findDependencyViolations } from './dependency-rules.mjs';

let root;

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mooring-dependency-rules-'));
  for (const folder of ['proto', 'libs/clock', 'libs/listener', 'services/edge', 'services/hub', 'test/parts']) {
    write(`${folder}/package.json`, JSON.stringify({ name: `@m/${folder.split('/').at(-1)}` }));
  }
});

afterEach(() => rmSync(root, { recursive: true }));

test('allows what the layout allows', () => {
  write('libs/clock/src/a.ts', "import { x } from '@m/proto';\nimport { y } from './b.js';\n");
  write('libs/clock/src/a.contract.spec.ts', "import { startKafka } from '@m/parts';\n");
  write('libs/clock/src/contract/suite.ts', "import { startKafka } from '@m/parts';\n");
  write('libs/listener/src/a.ts', "import fastify from 'fastify';\n");
  write('services/edge/src/a.ts', "import { x } from '@m/clock';\nimport { Module } from '@nestjs/common';\n");
  write('services/hub/src/a.ts', "import { x } from '@m/edge';\n");
  write('test/parts/src/a.ts', "import { x } from '@m/hub';\n");
  expect(findDependencyViolations(root)).toEqual([]);
});

test.each([
  [
    'a lib that imports a service',
    'libs/clock/src/a.ts',
    "import { x } from '@m/edge';",
    'libs/clock must not depend on services/edge',
  ],
  [
    'a service that imports another',
    'services/edge/src/a.ts',
    "export * from '@m/hub';",
    'services/edge must not depend on services/hub',
  ],
  ['a contract that imports a lib', 'proto/src/a.ts', "import '@m/clock';", 'proto must not depend on libs/clock'],
  [
    'a service that imports test code',
    'services/hub/src/a.ts',
    "import { x } from '@m/parts';",
    'services/hub must not depend on test/parts',
  ],
  [
    'a path below a package',
    'libs/clock/src/a.ts',
    "import { x } from '@m/edge/dist/a.js';",
    'libs/clock must not depend on services/edge',
  ],
  [
    'a type only',
    'libs/clock/src/a.ts',
    "import type { x } from '@m/edge';",
    'libs/clock must not depend on services/edge',
  ],
  [
    'a dynamic import',
    'libs/clock/src/a.ts',
    "  const edge = await import('@m/edge');",
    'libs/clock must not depend on services/edge',
  ],
  [
    'a relative path to another package',
    'libs/clock/src/a.ts',
    "import { x } from '../../listener/src/a.js';",
    '../../listener/src/a.js reaches into another package',
  ],
  [
    'a framework in a domain',
    'services/edge/src/domain/a.ts',
    "import { Module } from '@nestjs/common';",
    'domain code imports the framework @nestjs/common',
  ],
  [
    'a framework in a lib',
    'libs/clock/src/a.ts',
    "import fastify from 'fastify';",
    'domain code imports the framework fastify',
  ],
])('names %s', (_, file, statement, reason) => {
  write(file, `// A comment.\n\n${statement}\n`);
  expect(findDependencyViolations(root)).toEqual([`${file}:3: ${reason}`]);
});

test('names the line of the module in an import of many lines', () => {
  write('libs/clock/src/a.ts', "import {\n  x,\n  y,\n} from '@m/edge';\n");
  expect(findDependencyViolations(root)).toEqual([
    'libs/clock/src/a.ts:4: libs/clock must not depend on services/edge',
  ]);
});

test('heeds package.json too', () => {
  const manifest = {
    name: '@m/clock',
    dependencies: { '@m/parts': '*' },
    devDependencies: { '@m/parts': '*', '@m/edge': '*' },
  };
  write('libs/clock/package.json', JSON.stringify(manifest, null, 2));
  expect(findDependencyViolations(root)).toEqual([
    'libs/clock/package.json:8: libs/clock must not depend on services/edge',
    'libs/clock/package.json:4: libs/clock must not depend on test/parts',
  ]);
});
