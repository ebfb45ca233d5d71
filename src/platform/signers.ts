import { join } from 'node:path';
import { loadOrCreateSecretBox, loadOrCreateSigner, type SecretBox, type Signer, secretBox } from './crypto/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of this installation's private keys: DATA_DIR/keys. */
export const keysFolder = (env: Environment = process.env): string => join(env.DATA_DIR || '.data', 'keys');

/** The installation's signer for one purpose ('exchange', 'feedback', …); its key is made on first use under DATA_DIR/keys. */
export const openSigner = (name: string, env: Environment = process.env): Promise<Signer> =>
  loadOrCreateSigner(keysFolder(env), name);

/**
 * The box for secrets that are stored encrypted (one-time code seeds): its key is RONGDAN_SECRET_KEY (64 hexadecimal digits) where
 * given, else made on first use under DATA_DIR/keys.
 */
export const openSecretBox = async (env: Environment = process.env): Promise<SecretBox> =>
  env.RONGDAN_SECRET_KEY ? secretBox(env.RONGDAN_SECRET_KEY) : loadOrCreateSecretBox(keysFolder(env), 'secrets');
