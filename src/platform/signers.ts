import { join } from 'node:path';
import { loadOrCreateSigner, type Signer } from './crypto/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of this installation's private keys: DATA_DIR/keys. */
export const keysFolder = (env: Environment = process.env): string => join(env.DATA_DIR || '.data', 'keys');

/** The installation's signer for one purpose ('exchange', 'feedback', …); its key is made on first use under DATA_DIR/keys. */
export const openSigner = (name: string, env: Environment = process.env): Promise<Signer> =>
  loadOrCreateSigner(keysFolder(env), name);
