import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigurationError } from '@mooring/config';
import type { DataFolder } from './data-folder.js';

const SEAL_KEY = 'seal-key';
const SEAL_KEY_BYTES = 32;

/**
 * The key that device keys are sealed with at rest: 32 bytes.
 * @param file named by `MOORING_SEAL_KEY`; without it the key lies in the data folder, made at the first start
 */
export function loadSealKey(folder: DataFolder, file: string | undefined): Buffer {
  if (file !== undefined) {
    return decode(readFileSync(file, 'utf8'), 'MOORING_SEAL_KEY');
  }
  const text = folder.read(SEAL_KEY);
  if (text !== undefined) {
    return decode(text, folder.file(SEAL_KEY));
  }
  const key = randomBytes(SEAL_KEY_BYTES);
  folder.writeSecret(SEAL_KEY, `${key.toString('base64')}\n`);
  return key;
}

function decode(text: string, origin: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== SEAL_KEY_BYTES) {
    throw new ConfigurationError(`${origin} must hold ${SEAL_KEY_BYTES} bytes in base64.`);
  }
  return key;
}
