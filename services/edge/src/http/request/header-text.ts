import { isUtf8 } from 'node:buffer';

/** The text of a header's value, which HTTP gives byte by byte: UTF-8 where it is, else ISO 8859-1 (RFC 9110, section 5.5). */
export function headerText(value: string): string {
  if (!hasOtherThanAscii(value)) {
    return value;
  }
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}

/** What `headerText` reads as the text; undefined for a text that no header may hold. */
export function headerValue(text: string): string | undefined {
  if (hasControls(text)) {
    return undefined;
  }
  return hasOtherThanAscii(text) ? Buffer.from(text.toWellFormed()).toString('latin1') : text;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether a header may have the name (RFC 9110, section 5.6.2). */
export function isHeaderName(name: string): boolean {
  return TOKEN.test(name);
}

function hasOtherThanAscii(text: string): boolean {
  return /[^\0-\x7f]/.test(text);
}

function hasControls(text: string): boolean {
  return /[\p{Cc}--[\t\u0080-\u009f]]/v.test(text);
}
