import { keyOfName } from '@mooring/credentials';
import { isHubError } from '@mooring/errors';
import type { twin } from '@mooring/proto';
import { errorOfFailure } from '@mooring/rpc';

type Service = twin.TwinService;

/** What a test reads of a twin's JSON. */
export interface TwinJson {
  readonly [field: string]: unknown;
  readonly etag: string;
  readonly version: number;
  readonly tags: Record<string, unknown>;
  readonly properties: { readonly desired: SectionJson; readonly reported: SectionJson };
}

export interface SectionJson {
  readonly [key: string]: unknown;
  readonly $version: number;
  readonly $metadata: Record<string, unknown>;
}

export function textOf(document: unknown): Buffer {
  return Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
}

export async function getTwin(service: Service, name: string): Promise<TwinJson> {
  const { json, etag } = await service.getTwin({ key: keyOfName(name) });
  const read = JSON.parse(Buffer.from(json).toString()) as TwinJson;
  if (read.etag !== etag) {
    throw new Error(`The answer has etag ${etag}, the twin ${read.etag}.`);
  }
  return read;
}

/** @param document an object, or JSON text */
export async function update(
  service: Service,
  name: string,
  document: unknown,
  options: { readonly ifMatch?: string; readonly replace?: boolean } = {},
): Promise<TwinJson> {
  const { ifMatch = '*', replace = false } = options;
  const { json } = await service.updateTwin({ key: keyOfName(name), json: textOf(document), ifMatch, replace });
  return JSON.parse(Buffer.from(json).toString()) as TwinJson;
}

export function keyOf(name: string, generationId = 'g1'): twin.DeviceTwinKey {
  return { key: keyOfName(name), generationId };
}

export function modelOf(name: string, modelId: string, generation = 'g1'): twin.DeviceModel {
  return { twin: keyOf(name, generation), modelId };
}

/** `ok` for each, or the name of its error. */
export async function setModels(service: Service, ...models: readonly twin.DeviceModel[]): Promise<string[]> {
  const { outcomes } = await service.setModels({ models: [...models] });
  return outcomes.map(({ failure }) => (failure === undefined ? 'ok' : errorOfFailure(failure).error));
}

export function patchOf(
  name: string,
  document: unknown,
  { generation = 'g1', ifVersion = 0 }: { readonly generation?: string; readonly ifVersion?: number } = {},
): twin.ReportedPatch {
  return { twin: { key: keyOfName(name), generationId: generation }, json: textOf(document), ifVersion };
}

/** The version after each patch, or the name of its error. */
export async function patch(service: Service, ...patches: readonly twin.ReportedPatch[]): Promise<(number | string)[]> {
  const { outcomes } = await service.patchReported({ patches: [...patches] });
  return outcomes.map(({ failure, version }) => (failure === undefined ? version : errorOfFailure(failure).error));
}

/** Reports properties; fails if they are refused. */
export async function report(service: Service, name: string, document: unknown): Promise<number> {
  const [version] = await patch(service, patchOf(name, document));
  if (typeof version !== 'number') {
    throw new Error(`The patch was refused: ${version}`);
  }
  return version;
}

export async function propertiesOf(service: Service, name: string, generation = 'g1'): Promise<unknown> {
  const { properties } = await service.getProperties({
    twins: [{ key: keyOfName(name), generationId: generation }],
  });
  const [only] = properties;
  return only?.failure === undefined
    ? (JSON.parse(Buffer.from(only?.json ?? []).toString()) as unknown)
    : errorOfFailure(only.failure).error;
}

/** The name of the error that a call ends with, or `ok`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    return isHubError(error) ? error.error : `${error}`;
  }
}
