import { type DeviceCertificate, forgedBy, selfSignedCertificate, testAuthority } from '@mooring/test-wire';
import { type Cast, DAY_MS, token } from '../../harness/cast.js';

/** Devices: `signed` is vouched for by the authority, `pinned` and `outdated` are known by thumbprint, `victim` has a key. */
export type Row = readonly [what: string, deviceId: string, show: (cast: Cast) => Shown | Promise<Shown>];
export interface Shown {
  readonly certificate?: Pick<DeviceCertificate, 'cert' | 'key'>;
  readonly password?: string;
}

const tomorrow = () => new Date(Date.now() + DAY_MS);
const yesterday = () => new Date(Date.now() - DAY_MS);
const stranger = async (): Promise<DeviceCertificate> => (await testAuthority('a stranger')).issue('signed');

/** What must not admit a device. */
export const CERTIFICATES: readonly Row[] = [
  ['nothing', 'signed', () => ({})],
  ['a certificate of another authority', 'signed', async () => ({ certificate: await stranger() })],
  [
    'a certificate of another authority that has the name of the registered one',
    'signed',
    async () => ({ certificate: await (await testAuthority('factory')).issue('signed') }),
  ],
  [
    'a certificate of another authority with the registered one behind it',
    'signed',
    async ({ authority }) => {
      const { cert, key } = await stranger();
      const [leaf] = cert.split(/(?<=-----END CERTIFICATE-----)/);
      return { certificate: { cert: `${leaf}\n${authority.pem}`, key } };
    },
  ],
  [
    'a certificate that is out of date',
    'signed',
    async ({ authority }) => ({ certificate: await authority.issue('signed', { notAfter: yesterday() }) }),
  ],
  [
    'a certificate that is not valid yet',
    'signed',
    async ({ authority }) => ({ certificate: await authority.issue('signed', { notBefore: tomorrow() }) }),
  ],
  [
    'a certificate of another name',
    'signed',
    async ({ authority }) => ({ certificate: await authority.issue('other') }),
  ],
  [
    'a certificate of its name in other letters',
    'signed',
    async ({ authority }) => ({ certificate: await authority.issue('Signed') }),
  ],
  [
    'a certificate of a name that begins like its own',
    'signed',
    async ({ authority }) => ({ certificate: await authority.issue('signed2') }),
  ],
  ['a certificate without a name', 'signed', async ({ authority }) => ({ certificate: await authority.issue('') })],
  [
    'a certificate that another device signed with its own',
    'signed',
    async ({ authority }) => ({ certificate: await forgedBy(await authority.issue('other'), 'signed') }),
  ],
  ['a certificate that signs itself', 'signed', async () => ({ certificate: await selfSignedCertificate('signed') })],
  ['a certificate of which only a thumbprint is known', 'signed', ({ pinned }) => ({ certificate: pinned })],
  [
    'a token by the key of another device',
    'signed',
    ({ host, keys }) => ({ password: token({ resource: `${host}/devices/signed`, key: keys.victim }) }),
  ],
  [
    'a token by an empty key',
    'signed',
    ({ host }) => ({ password: token({ resource: `${host}/devices/signed`, key: '' }) }),
  ],
  [
    'a token besides its genuine certificate',
    'signed',
    async ({ host, authority, keys }) => ({
      certificate: await authority.issue('signed'),
      password: token({ resource: `${host}/devices/signed`, key: keys.victim }),
    }),
  ],
  ['nothing', 'pinned', () => ({})],
  [
    'a certificate of its name with another thumbprint',
    'pinned',
    async () => ({ certificate: await selfSignedCertificate('pinned') }),
  ],
  [
    "a certificate of the hub's authority, though its own is pinned",
    'pinned',
    async ({ authority }) => ({ certificate: await authority.issue('pinned') }),
  ],
  ['its own certificate, which is out of date', 'outdated', ({ outdated }) => ({ certificate: outdated })],
  [
    'a genuine certificate in place of its token',
    'victim',
    async ({ authority }) => ({ certificate: await authority.issue('victim') }),
  ],
  ["the certificate of another device's thumbprint", 'victim', ({ pinned }) => ({ certificate: pinned })],
];
