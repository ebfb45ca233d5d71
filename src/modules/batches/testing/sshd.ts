import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A real OpenSSH server of this user on a high port, with a folder for a bank's files. */
export type TestSshd = {
  readonly port: number;
  readonly username: string;
  readonly privateKey: string;
  readonly hostKeySha256: string;
  readonly root: string;
  stop(): Promise<void>;
};

const binaries = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/local/bin/sshd'];
const subsystems = ['/usr/lib/openssh/sftp-server', '/usr/libexec/openssh/sftp-server', '/usr/lib/ssh/sftp-server'];
const found = (paths: readonly string[]) => paths.find((each) => existsSync(each));

/** Why there is no server to test against, or undefined where there is one. As root on a Debian, it is installed first. */
export function whyNoSshd(): string | undefined {
  if (found(binaries) && found(subsystems)) return undefined;
  if (process.getuid?.() !== 0) return '本机没有 OpenSSH 服务端，且不是 root，不能安装';
  try {
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'openssh-server', 'openssh-sftp-server'], {
      stdio: 'ignore',
      timeout: 120_000,
    });
  } catch {
    return '本机没有 OpenSSH 服务端，apt-get 也装不上';
  }
  return found(binaries) && found(subsystems) ? undefined : '装了 openssh-server 仍找不到 sshd';
}

/** Starts it in a folder; answers when it takes connections. It lets in the holder of `privateKey`, or of a key made for it. */
export async function startSshd(folder: string, privateKey?: string): Promise<TestSshd> {
  const root = path.join(folder, 'bank');
  for (const name of ['inbox']) mkdirSync(path.join(root, name), { recursive: true });
  const keygen = (name: string) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, name)]);
  keygen('host');
  const user = path.join(folder, 'user');
  if (privateKey === undefined) keygen('user');
  else writeFileSync(user, privateKey, { mode: 0o600 });
  const authorized = path.join(folder, 'authorized_keys');
  writeFileSync(authorized, execFileSync('ssh-keygen', ['-y', '-f', user]), { mode: 0o600 });
  const port = await freePort();
  const config = path.join(folder, 'sshd_config');
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${path.join(folder, 'host')}`,
      `AuthorizedKeysFile ${authorized}`,
      `PidFile ${path.join(folder, 'sshd.pid')}`,
      'StrictModes no',
      'PasswordAuthentication no',
      'PermitRootLogin prohibit-password',
      'UsePAM no',
      `Subsystem sftp ${found(subsystems)}`,
      '',
    ].join('\n'),
  );
  // Where the package's own service never ran, the folder of its separated process is missing.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const server = spawn(found(binaries)!, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  server.stderr?.on('data', (piece: Buffer) => {
    said += String(piece);
  });
  await untilListening(port, server, () => said);
  const blob = Buffer.from(readFileSync(path.join(folder, 'host.pub'), 'utf8').split(' ')[1]!, 'base64');
  return {
    port,
    username: os.userInfo().username,
    privateKey: readFileSync(user, 'utf8'),
    hostKeySha256: createHash('sha256').update(blob).digest('base64').replace(/=+$/, ''),
    root,
    stop: () => stopped(server),
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });

async function untilListening(port: number, server: ChildProcess, said: () => string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (server.exitCode !== null) throw new Error(`sshd 没有启动：${said()}`);
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`sshd 五秒内没有应答：${said()}`);
}

const stopped = (server: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (server.exitCode !== null) resolve();
    else {
      server.once('exit', () => resolve());
      server.kill();
    }
  });
