import { describe, expect, it } from '@jest/globals';
import { HubError } from '@mooring/errors';
import fc from 'fast-check';
import { createSasToken } from './create-sas-token.js';
import { sasKeyFromBase64, sasKeyFromText, verifySasSignature } from './sas-signature.js';
import { isExpired, MAX_SAS_TOKEN_LENGTH, parseSasToken, tokenExpiry } from './sas-token.js';

const KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const SE = 2_000_000_000;
const SIG = 'czB7qpFvl7nkmXPHeFxflfWobL4z4djAkpO%2FUovvGMA%3D';

function refusal(text: string): HubError {
  try {
    parseSasToken(text);
  } catch (error) {
    if (error instanceof HubError) {
      return error;
    }
    throw error;
  }
  throw new Error('The token was taken.');
}

describe('SAS token vectors', () => {
  it.each([
    ['a device', 'hub.iot.test%2Fdevices%2Fdev1', SIG],
    [
      'an id with characters that only the strict form escapes',
      'hub.iot.test%2Fdevices%2Fdev%27%281%29%21%2a',
      'iPQf0zGD4Cd3fw56ZXJZnO3d6gafDWD0OSnQaXUVDqo%3D',
    ],
    ['a service policy', 'hub.iot.test', 'MbBsenoCZRe6Qvyllv1%2F2GgobFi8eobniae7OR3C02M%3D'],
  ])('verifies and makes the one of %s', (_, sr, sig) => {
    const text = `SharedAccessSignature sr=${sr}&sig=${sig}&se=${SE}`;
    expect(verifySasSignature(parseSasToken(text), sasKeyFromBase64(KEY))).toBe(true);
    expect(createSasToken({ resource: decodeURIComponent(sr), key: sasKeyFromBase64(KEY), se: SE })).toBe(text);
  });

  it('takes the key as text where an Event Hubs client signs', () => {
    const token = parseSasToken(
      `SharedAccessSignature sr=sb%3A%2F%2Fhub.iot.test%2Fevents&sig=Th0dNlOV5Xj+HGLxM1Mw/yRpS4it/6odtsmshms1RyQ=&se=${SE}&skn=service`,
    );
    expect(verifySasSignature(token, sasKeyFromText(KEY))).toBe(true);
    expect(verifySasSignature(token, sasKeyFromBase64(KEY))).toBe(false);
  });

  it('covers the text of sr as written, not what it stands for', () => {
    const upper = 'hub.iot.test%2Fdevices%2Fdev%27%281%29%21%2A';
    const token = parseSasToken(
      `SharedAccessSignature sr=${upper}&sig=iPQf0zGD4Cd3fw56ZXJZnO3d6gafDWD0OSnQaXUVDqo%3D&se=${SE}`,
    );
    expect(verifySasSignature(token, sasKeyFromBase64(KEY))).toBe(false);
  });
});

describe('parseSasToken', () => {
  it.each([
    ['upper-case escapes', SIG],
    ['lower-case escapes', SIG.replace('%2F', '%2f').replace('%3D', '%3d')],
    ['a raw slash', SIG.replace('%2F', '/')],
    ['no escapes', decodeURIComponent(SIG)],
  ])('reads a signature with %s', (_, sig) => {
    const token = parseSasToken(`SharedAccessSignature sr=hub.iot.test%2Fdevices%2Fdev1&sig=${sig}&se=${SE}`);
    expect(verifySasSignature(token, sasKeyFromBase64(KEY))).toBe(true);
  });

  it('takes the fields in any order and ignores others', () => {
    const fields = ['sr=hub.iot.test%2Fdevices%2Fdev1', `sig=${SIG}`, `se=${SE}`, 'skn=device', 'x=1'];
    fc.assert(
      fc.property(fc.shuffledSubarray(fields, { minLength: fields.length }), (order) => {
        const token = parseSasToken(`SharedAccessSignature ${order.join('&')}`);
        expect(token).toMatchObject({ sr: 'hub.iot.test%2Fdevices%2Fdev1', se: String(SE), skn: 'device' });
      }),
    );
  });

  it('takes an empty policy name for none, and a plus sign in one for a space', () => {
    const text = `SharedAccessSignature sr=h&sig=${SIG}&se=1&skn=`;
    expect(parseSasToken(text).skn).toBeUndefined();
    expect(parseSasToken(`${text}my+own%2B`).skn).toBe('my own+');
  });

  it.each([
    ['nothing', ''],
    ['another scheme', `Bearer sr=h&sig=${SIG}&se=1`],
    ['no fields', 'SharedAccessSignature '],
    ['no sr', `SharedAccessSignature sig=${SIG}&se=1`],
    ['an empty sr', `SharedAccessSignature sr=&sig=${SIG}&se=1`],
    ['no sig', 'SharedAccessSignature sr=h&se=1'],
    ['no se', `SharedAccessSignature sr=h&sig=${SIG}`],
    ['a field twice', `SharedAccessSignature sr=h&sig=${SIG}&se=1&se=2`],
    ['an empty field', `SharedAccessSignature sr=h&&sig=${SIG}&se=1`],
    ['a field without a name', `SharedAccessSignature sr=h&=1&sig=${SIG}&se=1`],
    ['a negative se', `SharedAccessSignature sr=h&sig=${SIG}&se=-1`],
    ['an se that is not decimal', `SharedAccessSignature sr=h&sig=${SIG}&se=1e9`],
    ['an se that is too great to be exact', `SharedAccessSignature sr=h&sig=${SIG}&se=1000000000000000`],
    ['a short sig', 'SharedAccessSignature sr=h&sig=c2hvcnQ%3D&se=1'],
    ['a bad escape in sig', `SharedAccessSignature sr=h&sig=${SIG}%zz&se=1`],
    ['a bad escape in sr', `SharedAccessSignature sr=h%&sig=${SIG}&se=1`],
    ['an escape in sr that is not UTF-8', `SharedAccessSignature sr=h%ff&sig=${SIG}&se=1`],
    ['a bad escape in skn', `SharedAccessSignature sr=h&sig=${SIG}&se=1&skn=%`],
    ['more than the limit', `SharedAccessSignature sr=${'h'.repeat(MAX_SAS_TOKEN_LENGTH)}&sig=${SIG}&se=1`],
  ])('refuses %s as unauthorized', (_, text) => {
    expect(refusal(text).error).toBe('IotHubUnauthorized');
  });

  it('meets any text with a token or with that error, which holds nothing of the text', () => {
    const field = fc.oneof(
      fc.constantFrom('sr=', 'sig=', 'se=', 'skn=', 'sr=h', `sig=${SIG}`, 'se=1', '&', '%', '=', '+'),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(field, { maxLength: 10 }), fc.constantFrom('', '&'), (fields, joint) => {
        const text = `SharedAccessSignature ${fields.join(joint)}`;
        try {
          expect(text).toContain(parseSasToken(text).sr);
        } catch (error) {
          expect(error).toBeInstanceOf(HubError);
          expect(String(error)).not.toContain(SIG);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is refused at every length that is cut short', () => {
    const text = createSasToken({ resource: 'hub.iot.test/devices/d', key: sasKeyFromBase64(KEY), se: SE });
    for (let length = 0; length < text.length; length++) {
      const cut = text.slice(0, length);
      const verified = (): boolean => verifySasSignature(parseSasToken(cut), sasKeyFromBase64(KEY));
      // Only the last digits of se may be missing without the form being broken.
      if (length > text.length - String(SE).length) {
        expect(verified()).toBe(false);
      } else {
        expect(verified).toThrow(HubError);
      }
    }
  });

  it('reads back what is made, for any resource, key and policy', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
        fc.uint8Array({ minLength: 16, maxLength: 64 }),
        fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), { nil: undefined }),
        (resource, bytes, policy) => {
          const key = Buffer.from(bytes);
          const text = createSasToken({ resource, key, se: SE, ...(policy === undefined ? {} : { policy }) });
          const token = parseSasToken(text);
          expect(token.skn).toBe(policy);
          expect(decodeURIComponent(token.sr)).toBe(resource);
          expect(verifySasSignature(token, key)).toBe(true);
          expect(verifySasSignature({ ...token, se: String(SE + 1) }, key)).toBe(false);
          expect(verifySasSignature(token, Buffer.concat([key, Buffer.from([1])]))).toBe(false);
        },
      ),
    );
  });
});

describe('expiry', () => {
  it('comes with the second that se names', () => {
    const token = parseSasToken(`SharedAccessSignature sr=h&sig=${SIG}&se=${SE}`);
    expect(tokenExpiry(token)).toBe(SE * 1000);
    expect(isExpired(token, SE * 1000 - 1)).toBe(false);
    expect(isExpired(token, SE * 1000)).toBe(true);
  });
});
