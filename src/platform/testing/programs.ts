import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where a program of the machine lies; undefined when it has none of that name. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** LibreOffice with its word processor; undefined where there is none, or only the spreadsheet. */
export function findWriter(): string | undefined {
  const office = findProgram('soffice');
  return office && existsSync(join(dirname(realpathSync(office)), 'libswlo.so')) ? office : undefined;
}

/** Runs a program to its end; its output. Throws with what it complained of. */
export async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, [...args], { maxBuffer: 64 << 20, timeout: 120_000 });
  return stdout;
}

/** Converts a file with LibreOffice into `folder`, under a profile of its own so that several may run at once. */
export const convertWith = (office: string, file: string, to: string, folder: string): Promise<string> =>
  runProgram(office, [
    `-env:UserInstallation=file://${join(folder, 'profile')}`,
    ...['--headless', '--convert-to', to, '--outdir', folder, file],
  ]);
