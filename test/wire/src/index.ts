export type { DeviceCertificate, TestAuthority } from './certificates.js';
export { forgedBy, selfSignedCertificate, testAuthority } from './certificates.js';
export { clientHello } from './client-hello.js';
export { garbage } from './garbage.js';
export { PORT, RawConnection } from './raw-connection.js';
