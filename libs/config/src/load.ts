import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { ConfigurationError } from './configuration-error.js';
import { type DeclaredResources, declaredResourcesSchema } from './resources.js';
import { environmentName, SETTINGS, type SettingName, type Settings } from './settings.js';

export interface Configuration {
  readonly settings: Settings;
  readonly resources: DeclaredResources;
}

const PREFIX = 'MOORING_';
/** Variables of the test command, which may be set where a hub is started from a test. */
const FOREIGN_PREFIX = 'MOORING_TEST_';

const settingByVariable = new Map(
  (Object.keys(SETTINGS) as SettingName[]).map((name) => [environmentName(name), name]),
);

/**
 * Reads the settings from the environment and the declared resources from the file that `MOORING_CONFIG` names.
 * @throws ConfigurationError naming the variable or key that is unknown or invalid
 */
export function loadConfiguration(environment: Readonly<Record<string, string | undefined>>): Configuration {
  const settings = readSettings(environment);
  return { settings, resources: settings.config === undefined ? noResources() : readResources(settings.config) };
}

function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith(PREFIX) && !variable.startsWith(FOREIGN_PREFIX) && !settingByVariable.has(variable)) {
      throw new ConfigurationError(`${variable} is not a setting of Mooring; docs/configuration.md lists them all.`);
    }
  }
  const settings: Partial<Record<SettingName, unknown>> = {};
  for (const [variable, name] of settingByVariable) {
    // An empty variable counts as unset, as charts and compose files write it.
    const text = environment[variable] === '' ? undefined : environment[variable];
    const schema: z.ZodType = SETTINGS[name];
    const result = schema.safeParse(text);
    if (!result.success) {
      throw new ConfigurationError(
        `${variable} is invalid: ${result.error.issues.map((issue) => issue.message).join('; ')}`,
      );
    }
    settings[name] = result.data;
  }
  const complete = settings as Settings;
  if ((complete.tlsCertificate === undefined) !== (complete.tlsKey === undefined)) {
    throw new ConfigurationError('MOORING_TLS_CERTIFICATE and MOORING_TLS_KEY go together: set both or neither.');
  }
  return complete;
}

function noResources(): DeclaredResources {
  return { ...declaredResourcesSchema.parse({}), certificates: [] };
}

function readResources(file: string): DeclaredResources {
  const result = declaredResourcesSchema.safeParse(readYaml(file) ?? {});
  if (!result.success) {
    const issue = result.error.issues[0];
    const path = issue?.path.join('.') || '(top)';
    throw new ConfigurationError(`${file}: ${path}: ${issue?.message ?? 'invalid'}`);
  }
  const certificates = result.data.certificates.map((certificate) => {
    if ((certificate.pem === undefined) === (certificate.file === undefined)) {
      throw new ConfigurationError(`${file}: certificates: ${certificate.name}: give either pem or file.`);
    }
    const pem = certificate.pem ?? readText(resolve(dirname(file), certificate.file ?? ''));
    return { name: certificate.name, pem };
  });
  return { ...result.data, certificates };
}

function readYaml(file: string): unknown {
  const text = readText(file);
  try {
    return parseYaml(text);
  } catch (error) {
    throw new ConfigurationError(`${file} is not valid YAML: ${(error as Error).message}`, { cause: error });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
