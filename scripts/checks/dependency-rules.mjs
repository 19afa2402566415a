// Dependencies point one way: services → libs → proto. What each kind of package may import of the workspace's packages:
//   proto     nothing
//   libs      libs and proto
//   services  libs and proto; hub, which composes them, also services
//   test      anything
// Tests beside the code may import the test packages too. Domain code imports no framework.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { importsOf } from './imports.mjs';

const mayImport = {
  proto: ['proto'],
  libs: ['libs', 'proto'],
  services: ['libs', 'proto'],
  test: ['test', 'services', 'libs', 'proto'],
};
const composer = 'services/hub';
/** Libs that are about a framework. */
const frameworkLibs = ['libs/listener', 'libs/observability'];
const framework = /^(@nestjs\/|fastify$|@fastify\/)/;
const testCode = /\.spec\.ts$|\/contract\//;

/** @returns {string[]} each violation, as `file:line: what is wrong`. */
export function findDependencyViolations(root) {
  const packages = findPackages(root);
  return packages.flatMap((one) => [
    ...manifestViolations(root, one, packages),
    ...globSync(`${one.folder}/src/**/*.ts`, { cwd: root })
      .sort()
      .flatMap((file) => fileViolations(root, one, { file, packages })),
  ]);
}

function findPackages(root) {
  return globSync('{proto,libs/*,services/*,test/*}/package.json', { cwd: root })
    .sort()
    .map((file) => {
      const folder = dirname(file);
      return { folder, kind: folder.split('/')[0], name: JSON.parse(readFileSync(join(root, file), 'utf8')).name };
    });
}

function fileViolations(root, from, { file, packages }) {
  const isTest = testCode.test(file);
  const isDomain = file.includes('/domain/') || (from.kind === 'libs' && !frameworkLibs.includes(from.folder));
  return importsOf(readFileSync(join(root, file), 'utf8')).flatMap(({ specifier, line }) => {
    const reason =
      packageViolation(
        from,
        packages.find((one) => isWithin(specifier, one.name)),
        isTest,
      ) ??
      outsideViolation(from, file, specifier) ??
      (isDomain && !isTest && framework.test(specifier) ? `domain code imports the framework ${specifier}` : undefined);
    return reason === undefined ? [] : [`${file}:${line}: ${reason}`];
  });
}

/** A package.json may name test packages for development only. */
function manifestViolations(root, from, packages) {
  const file = `${from.folder}/package.json`;
  const text = readFileSync(join(root, file), 'utf8');
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text);
  const lineOf = (name) => text.split('\n').findIndex((line) => line.includes(`"${name}":`)) + 1;
  return packages.flatMap((to) => {
    const reason = to.name in dependencies ? packageViolation(from, to, false) : undefined;
    const developmentReason = to.name in devDependencies ? packageViolation(from, to, true) : undefined;
    return [reason, developmentReason]
      .filter((one) => one !== undefined)
      .map((one) => `${file}:${lineOf(to.name)}: ${one}`);
  });
}

function packageViolation(from, to, isTest) {
  if (to === undefined || to.folder === from.folder || mayImport[from.kind].includes(to.kind)) {
    return undefined;
  }
  if ((from.folder === composer && to.kind === 'services') || (isTest && to.kind === 'test')) {
    return undefined;
  }
  return `${from.folder} must not depend on ${to.folder}`;
}

function outsideViolation(from, file, specifier) {
  if (!specifier.startsWith('.')) {
    return undefined;
  }
  const target = relative(from.folder, join(dirname(file), specifier));
  return target.startsWith('..') ? `${specifier} reaches into another package` : undefined;
}

function isWithin(specifier, name) {
  return specifier === name || specifier.startsWith(`${name}/`);
}
