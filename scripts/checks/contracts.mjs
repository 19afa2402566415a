import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { output } from './output.mjs';

/** The contracts as they last landed; `npm run generate` writes it. */
export const baseline = 'baseline.binpb';
export const buildImage = ['build', '--exclude-source-info', '-o'];

export const checkContracts = {
  'contracts: lint': (root) => output('buf', ['lint'], join(root, 'proto')),
  'contracts: no breaking change': (root) => output('buf', ['breaking', '--against', baseline], join(root, 'proto')),
  'contracts: baseline and generated code are up to date': findStaleFiles,
};

/** Makes all that is made from the contracts in a temporary folder and compares. */
function findStaleFiles(root) {
  const proto = join(root, 'proto');
  const fresh = mkdtempSync(join(tmpdir(), 'mooring-generated-'));
  try {
    const failures = [
      ...output('buf', ['generate', '-o', fresh], proto),
      ...output('buf', [...buildImage, join(fresh, baseline)], proto),
    ];
    if (failures.length > 0) {
      return failures;
    }
    const names = new Set([fresh, proto].flatMap((cwd) => globSync('src/generated/**/*.ts', { cwd })).concat(baseline));
    return [...names]
      .sort()
      .filter((name) => !sameFile(join(fresh, name), join(proto, name)))
      .map((name) => `proto/${name} is not what the contracts give: run npm run generate`);
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

function sameFile(one, other) {
  return existsSync(one) && existsSync(other) && readFileSync(one).equals(readFileSync(other));
}
