export { isValidDeviceId, isValidModuleId } from './identity-id.js';
export { type IdentityKey, identityName, isDeviceName, keyOfName, moduleNames, nameOfKey } from './identity-name.js';
export {
  type KeyEncryptionKey,
  keyEncryptionKey,
  openKey,
  SealError,
  type SealFailure,
  sealKey,
} from './keys/sealed-key.js';
export { generateKey, isValidKey } from './keys/symmetric-key.js';
export { createSasToken, type NewSasToken } from './sas/create-sas-token.js';
export { resourceCovers, type SasResource, sasResource } from './sas/sas-resource.js';
export { sasKeyFromBase64, sasKeyFromText, verifySasSignature } from './sas/sas-signature.js';
export { isExpired, MAX_SAS_TOKEN_LENGTH, parseSasToken, type SasToken, tokenExpiry } from './sas/sas-token.js';
export { type Certificate, isWithinValidity, parseCertificate } from './x509/certificate.js';
export { type CertificateAuthority, parseCertificateAuthority } from './x509/certificate-authority.js';
export {
  type ChainRefusal,
  type ChainVerification,
  type DeviceChain,
  MAX_CHAIN_LENGTH,
  verifyDeviceChain,
} from './x509/device-chain.js';
export { certificateThumbprints, normaliseThumbprint, type Thumbprints, thumbprintMatches } from './x509/thumbprint.js';
