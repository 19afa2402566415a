/** What was observed of one call of a direct method. Calls are named, and no two in a history alike. */
export type MethodEvent =
  | { readonly kind: 'called'; readonly call: string; readonly deviceId: string }
  /** A device was asked to. */
  | { readonly kind: 'executed'; readonly call: string; readonly deviceId: string }
  /** The caller was told that it was done. @property by the device that answered @property answered the call that it answered */
  | { readonly kind: 'answered'; readonly call: string; readonly by: string; readonly answered: string };

export interface MethodVerdict {
  readonly called: number;
  readonly answered: number;
  /** Each a rule that was broken, and the call. */
  readonly violations: readonly string[];
}

/**
 * Judges what was observed of calls: each reaches no device but its own, and that once at most; an answer is that of its own
 * device to the very call, which the device has then had.
 */
export function judgeMethods(events: readonly MethodEvent[]): MethodVerdict {
  const calledFor = new Map<string, string>();
  const executed = new Set<string>();
  const violations: string[] = [];
  let answered = 0;
  for (const event of events) {
    const { call } = event;
    const deviceId = calledFor.get(call);
    if (event.kind === 'called') {
      calledFor.set(call, event.deviceId);
      continue;
    }
    if (event.kind === 'answered') {
      answered++;
      if (event.by !== deviceId || event.answered !== call) {
        violations.push(`answered by ${event.by}, for ${event.answered}: ${call}`);
      } else if (!executed.has(call)) {
        violations.push(`answered, but never executed: ${call}`);
      }
      continue;
    }
    if (event.deviceId !== deviceId) {
      violations.push(`executed by ${event.deviceId} in place of ${deviceId}: ${call}`);
    }
    if (executed.has(call)) {
      violations.push(`executed more than once: ${call}`);
    }
    executed.add(call);
  }
  return { called: calledFor.size, answered, violations };
}
