/** The public face of this folder; README.md says what each is for. */
export { canonicalJson, hashOf } from './canonical.ts';
export { constantTimeEqual, isVerificationCodeOf, normaliseCode, verificationCode } from './codes.ts';
export { isSealed, loadOrCreateSecretBox, type SecretBox, secretBox } from './secret-box.ts';
export { loadOrCreateSigner, type Signer } from './signer.ts';
export { defaultUserId, type KeyPair, newKeyPair, publicKeyOf, sign, verify } from './sm2.ts';
export { sm3, sm3File, sm3Stream } from './sm3.ts';
