import { isHubError } from '@mooring/errors';
import type { twin as contract } from '@mooring/proto';
import { applyReported, readReported } from '../domain/patch-reported.js';
import type { Twin } from '../domain/twin.js';
import type { TwinTree } from '../domain/user-keys.js';
import type { OwnedChange } from '../store/owned-twins.js';

/** The version of the reported properties after a patch, or why it was refused. */
export type PatchOutcome = { readonly version: number } | { readonly error: unknown };

type Read = { readonly patch: TwinTree; readonly ifVersion: number } | { readonly error: unknown };

/**
 * The change that applies patches of one twin one after another; one that is refused changes nothing.
 *
 * @param now milliseconds since the Unix epoch
 */
export function applyPatches(
  patches: readonly contract.ReportedPatch[],
  now: () => number,
): OwnedChange<readonly PatchOutcome[]> {
  const read = patches.map(readPatch);
  return (twin) => {
    let next = twin;
    let refused = false;
    const time = now();
    const outcomes = read.map((each): PatchOutcome => {
      if ('error' in each) {
        return each;
      }
      const outcome = tryApply(next, each, time);
      if ('error' in outcome) {
        refused = true;
        return outcome;
      }
      next = outcome.twin;
      return { version: next.reportedVersion };
    });
    return { twin: next, result: outcomes, refused };
  };
}

function readPatch({ json, ifVersion }: contract.ReportedPatch): Read {
  try {
    return { patch: readReported(json), ifVersion };
  } catch (error) {
    return { error: refusal(error) };
  }
}

function tryApply(
  twin: Twin,
  { patch, ifVersion }: { readonly patch: TwinTree; readonly ifVersion: number },
  time: number,
): { readonly twin: Twin } | { readonly error: unknown } {
  try {
    return { twin: applyReported(twin, patch, { ifVersion, time }) };
  } catch (error) {
    return { error: refusal(error) };
  }
}

/** What is no refusal fails all that was asked for. */
function refusal(error: unknown): unknown {
  if (!isHubError(error)) {
    throw error;
  }
  return error;
}
