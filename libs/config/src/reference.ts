import type { z } from 'zod';
import { environmentName, SETTINGS, type SettingName } from './settings.js';

/** Markdown of docs/configuration.md, made from the one table of settings. */
export function configurationReference(): string {
  const rows = (Object.keys(SETTINGS) as SettingName[]).map((name) => {
    const schema: z.ZodType = SETTINGS[name];
    return `| \`${environmentName(name)}\` | ${defaultOf(schema)} | ${schema.description ?? ''} |`;
  });
  return `${HEAD}${rows.join('\n')}\n${RESOURCES}`;
}

function defaultOf(schema: z.ZodType): string {
  const { data } = schema.safeParse(undefined);
  if (data === undefined) {
    return '';
  }
  return Array.isArray(data) ? 'none' : `\`${data}\``;
}

const HEAD = `# Configuration

Every setting is an environment variable. One that is unknown or invalid stops the start with its name; an empty one counts
as unset. This page is made from \`libs/config/src/settings.ts\` by \`npm run generate\`.

| variable | default | meaning |
|---|---|---|
`;

const RESOURCES = `
## The hub's own resources

\`MOORING_CONFIG\` names a YAML file that declares them. What is declared wins over what was stored under the same name; what is
not declared is left alone. The same resources can be read and written at run time: see [management.md](management.md).

\`\`\`yaml
sharedAccessPolicies:            # beside the five default ones
  - name: fleet-backend
    rights: [RegistryRead, ServiceConnect]   # RegistryRead, RegistryWrite, ServiceConnect, DeviceConnect
    primaryKey: c2hvd24gaGVyZSBhcyBhbiBleGFtcGxlICE=   # optional: made at the first start
consumerGroups: [dashboard, archive]         # beside $Default
twinIndexes: [tags.building]                  # at most 20 paths within twins that queries find by an index (queries.md)
certificates:                    # device CA certificates
  - name: factory-1
    file: factory-1.pem          # relative to this file; or pem: | with the text
\`\`\`
`;
