// Generates proto/src/generated from the contracts, and proto/baseline.binpb, against which later changes are checked.
// A change that breaks users of the contracts is refused unless --accept is given (see docs/contracts.md).
// Writes docs/configuration.md too, from the table of settings.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseline, buildImage } from './checks/contracts.mjs';

const root = join(import.meta.dirname, '..');
const proto = join(root, 'proto');
const buf = (...args) => spawnSync('buf', args, { cwd: proto, stdio: 'inherit' }).status ?? 1;
const orExit = (status) => {
  if (status !== 0) {
    process.exit(status);
  }
};

orExit(buf('generate', '--clean'));
if (!process.argv.includes('--accept') && existsSync(join(proto, baseline))) {
  if (buf('breaking', '--against', baseline) !== 0) {
    console.error('These changes break users of the contracts. If that is meant: npm run generate -- --accept');
    process.exit(1);
  }
}
orExit(buf(...buildImage, baseline));

orExit(spawnSync('tsc', ['-b', 'libs/config'], { cwd: root, stdio: 'inherit' }).status ?? 1);
const { configurationReference } = await import('../libs/config/dist/index.js');
writeFileSync(join(root, 'docs/configuration.md'), configurationReference());
