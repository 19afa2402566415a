import type { Token } from './presenters.js';

const by = (pattern: RegExp, replacement: string) => (genuine: string) => genuine.replace(pattern, () => replacement);

/** What is done to a genuine token, whosesoever it is. */
export const SPOILT: readonly (readonly [what: string, spoil: (genuine: string) => Token])[] = [
  ['no token', () => undefined],
  ['an empty token', () => ''],
  ['the scheme alone', () => 'SharedAccessSignature'],
  ['the scheme and a space', () => 'SharedAccessSignature '],
  ['another scheme', by(/^SharedAccessSignature/, 'Bearer')],
  ['no scheme', by(/^SharedAccessSignature /, '')],
  ['no sr', by(/sr=[^&]+&/, '')],
  ['no sig', by(/sig=[^&]+&/, '')],
  ['no se', by(/&se=\d+/, '')],
  ['an empty sr', by(/sr=[^&]+/, 'sr=')],
  ['an empty sig', by(/sig=[^&]+/, 'sig=')],
  ['an empty se', by(/se=\d+/, 'se=')],
  ['a sig that is too short', by(/sig=[^&]+/, 'sig=AAAA')],
  ['a sig of another token', by(/sig=[^&]+/, `sig=${'A'.repeat(43)}%3D`)],
  ['a sig that is not base64', by(/sig=[^&]+/, `sig=${'!'.repeat(44)}`)],
  ['a sig in another alphabet', by(/sig=[^&]+/, `sig=${'-_'.repeat(21)}A%3D`)],
  ['a sig with one bit changed', (genuine) => changed(genuine)],
  ['an sr twice', by(/sr=/, 'sr=x&sr=')],
  ['a sig twice', by(/sig=/, 'sig=AAAA&sig=')],
  ['an se twice', (genuine) => `${genuine}&se=4000000000`],
  ['a skn twice', (genuine) => `${genuine}&skn=device&skn=iothubowner`],
  ['a field without a name', (genuine) => `${genuine}&=x`],
  ['a field without a value', (genuine) => `${genuine}&x`],
  ['an unknown field twice', (genuine) => `${genuine}&x=1&x=2`],
  ['an expiry that was put off', by(/se=\d+/, 'se=4000000000')],
  ['an expiry when time began', by(/se=\d+/, 'se=0')],
  ['an expiry before time', by(/se=/, 'se=-')],
  ['an expiry that is a fraction', by(/se=\d+/, 'se=4000000000.5')],
  ['an expiry with an exponent', by(/se=\d+/, 'se=1e12')],
  ['an expiry in hexadecimal', by(/se=\d+/, 'se=0xFFFFFFFF')],
  ['an expiry with a space', by(/se=/, 'se=%20')],
  ['an expiry beyond all dates', by(/se=\d+/, `se=${'9'.repeat(40)}`)],
  ['an sr that is escaped once more', (genuine) => escapedOnceMore(genuine)],
  ['an escape that is none', by(/sr=/, 'sr=%zz')],
  ['an escape that is no UTF-8', by(/sr=/, 'sr=%ff')],
  ['bytes that are no UTF-8', () => Buffer.alloc(64, 0xff)],
  ['a NUL within', by(/&/, '\0&')],
  ['a line feed within', by(/&/, '%0a&')],
  ['a token of 4 KB', (genuine) => `${genuine}&x=${'y'.repeat(4_096)}`],
  ['a token of 15 KB', (genuine) => `${genuine}&x=${'y'.repeat(15_000)}`],
  ['a thousand fields', (genuine) => genuine + '&a=b'.repeat(1_000)],
];

/** A token whose signature has another first letter. */
function changed(genuine: string): string {
  return genuine.replace(/sig=(.)/, (_, letter: string) => `sig=${letter === 'A' ? 'B' : 'A'}`);
}

function escapedOnceMore(genuine: string): string {
  const twice = (letter: string) => `%25${letter.charCodeAt(0).toString(16)}`;
  return genuine.replace(/sr=(.)/, (_, letter: string) => `sr=${twice(letter)}`);
}
