import { NEVER } from '../domain/twin-json.js';

/** A date, or a date and time of day; without a zone it is UTC. */
const SPELT = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?)?$/;
const SHOWN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const NEVER_MS = Date.parse(`${NEVER}Z`);

/** Between never, which is stored as 0, and the first millisecond. */
const BEFORE_ALL = 0.5;

/**
 * A time in the one spelling that twins show, whose order as text is that of the times, to the millisecond; what is no time
 * is left as it is.
 */
export function shownTime(text: string): string {
  const [, date, minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = SPELT.exec(text) ?? [];
  const ms = Date.parse(`${date}T${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  if (Number.isNaN(ms)) {
    return text;
  }
  const shown = new Date(ms).toISOString();
  return ms <= NEVER_MS ? NEVER : SHOWN.test(shown) ? shown : text;
}

/** What is stored where a twin shows this time; undefined for a text that is none. */
export function storedTime(text: string): number | undefined {
  if (text === NEVER) {
    return 0;
  }
  const ms = SHOWN.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms <= 0 ? BEFORE_ALL : ms;
}
