export { type Authority, createAuthority, loadAuthority } from './authority.js';
export { type DevelopmentSetOptions, ensureDevelopmentSet, type PeerFiles, peerFiles } from './development-set.js';
export { certificateFits, type Issued, issueCertificate, type Usage } from './issue.js';
