export type { DeviceCertificate, TestAuthority } from './certificates.js';
export { forgedBy, selfSignedCertificate, testAuthority } from './certificates.js';
export { clientHello } from './client-hello.js';
export { garbage } from './garbage.js';
export { PORT, RawConnection } from './raw-connection.js';
export type { Upgrade } from './web-socket.js';
export { announcedFrame, upgrade, webSocketFrame } from './web-socket.js';
