import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the server shows to prove itself; undefined when this machine cannot make a certificate. */
export type Certificate = { readonly key: string; readonly cert: string; readonly caFile: string };

/**
 * The self-signed certificate of this data folder, made on first use by openssl for 127.0.0.1 and localhost. Node itself can read
 * certificates, not make them.
 */
export function loadCertificate(dataDir: string): Certificate | undefined {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const keyFile = join(dataDir, 'server.key');
  const caFile = join(dataDir, 'server.crt');
  if (!existsSync(caFile) || !existsSync(keyFile)) {
    const flags = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '3650',
      '-subj',
      '/CN=rongdan-monitor-stand-in',
    ];
    const names = ['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', keyFile, '-out', caFile];
    try {
      execFileSync('openssl', [...flags, ...names], { stdio: 'ignore' });
    } catch {
      return undefined;
    }
  }
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(caFile, 'utf8'), caFile };
}

/** The bearer token of this data folder, made on first use and readable by its owner only. */
export function loadToken(dataDir: string): string {
  const file = join(dataDir, 'token');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}
