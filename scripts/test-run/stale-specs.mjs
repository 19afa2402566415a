import { existsSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Removes compiled tests whose source is no more: the compiler leaves them, and they would be run. */
export function removeStaleSpecs(root) {
  for (const compiled of globSync('{proto,libs/*,services/*,test/*}/dist/**/*.spec.js', { cwd: root })) {
    const source = compiled.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
    if (!existsSync(join(root, source))) {
      rmSync(join(root, compiled));
    }
  }
}
