import { mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openEmbedded } from './embedded.ts';
import { openExternal } from './external.ts';
import { lockFolder, lockHolder } from './folder-lock.ts';
import { fileProblem, StartupProblem } from './problem.ts';
import { loadSecrets } from './secrets.ts';

export { StartupProblem } from './problem.ts';

/** One installation of the program, open: its database logins, its data folder, its secrets. */
export interface Instance {
  /** Owner of the schemas: migrations, backup. */
  readonly ownerUrl: string;
  /** The application's own role, under row-level security. */
  readonly appUrl: string;
  /** Absolute path of the folder that holds files, keys, secrets and (embedded) the database. */
  readonly dataDir: string;
  readonly sessionSecret: string;
  /** Is the database our own, rather than one given by DATABASE_URL? */
  readonly embedded: boolean;
  /** Is it another process that runs the database, so that `stop` leaves it running? */
  readonly borrowed: boolean;
  /** Address of another database on the embedded server, made when missing; undefined when the server is not ours. */
  sideDatabase(name: string): Promise<string | undefined>;
  /** Empties the embedded database and answers true; false when the server is not ours to empty. */
  recreateDatabase(): Promise<boolean>;
  /** Calls back when the embedded database ends by itself. */
  onCrash(listener: () => void): void;
  /** Stops the embedded database and gives the folder back. Safe to call again. */
  stop(): Promise<void>;
}

/** How to open: `say` takes progress lines; `borrow` joins a running program instead of refusing (for the command line). */
export interface OpenOptions {
  readonly say?: (line: string) => void;
  readonly borrow?: boolean;
}

/** The variables read here: DATA_DIR, DATABASE_URL, APP_DATABASE_URL. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Opens the installation that the environment describes. Throws StartupProblem, having damaged nothing, when the folder is in use
 * or not writable, the server unreachable, too old or too new.
 */
export async function openInstance(env: Environment, options: OpenOptions = {}): Promise<Instance> {
  const wanted = path.resolve(env.DATA_DIR || '.data');
  try {
    mkdirSync(wanted, { recursive: true, mode: 0o700 });
    const dataDir = realpathSync(wanted);
    return env.DATABASE_URL ? await openGiven(dataDir, env) : await openOwn(dataDir, options);
  } catch (error) {
    throw fileProblem(error, wanted) ?? error;
  }
}

const notOurs = {
  sideDatabase: async () => undefined,
  recreateDatabase: async () => false,
  onCrash: () => {},
  stop: async () => {},
};

async function openGiven(dataDir: string, env: Environment): Promise<Instance> {
  const secrets = loadSecrets(dataDir);
  const urls = await openExternal(env.DATABASE_URL!, env.APP_DATABASE_URL, secrets.appPassword);
  const { sessionSecret } = secrets;
  return { ...urls, dataDir, sessionSecret, embedded: false, borrowed: false, ...notOurs };
}

async function openOwn(dataDir: string, options: OpenOptions): Promise<Instance> {
  if (options.borrow && lockHolder(dataDir) !== undefined) return borrow(dataDir);
  const lock = lockFolder(dataDir);
  try {
    const secrets = loadSecrets(dataDir);
    const database = await openEmbedded(dataDir, secrets, options.say ?? (() => {}));
    const urls = { ownerUrl: database.ownerUrl, appUrl: database.appUrl };
    const note = path.join(dataDir, 'running.json');
    writeFileSync(note, JSON.stringify(urls), { mode: 0o600 });
    let stopped: Promise<void> | undefined;
    const stop = async () => {
      rmSync(note, { force: true });
      await database.cluster.stop();
      lock.release();
    };
    return {
      ...urls,
      dataDir,
      sessionSecret: secrets.sessionSecret,
      embedded: true,
      borrowed: false,
      sideDatabase: (name) => database.side(name),
      recreateDatabase: () => database.recreate().then(() => true),
      onCrash: (listener) => database.cluster.onCrash(listener),
      stop: () => {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function borrow(dataDir: string): Instance {
  try {
    const urls = JSON.parse(readFileSync(path.join(dataDir, 'running.json'), 'utf8')) as Pick<
      Instance,
      'ownerUrl' | 'appUrl'
    >;
    const { sessionSecret } = loadSecrets(dataDir);
    return { ...urls, dataDir, sessionSecret, embedded: true, borrowed: true, ...notOurs };
  } catch {
    throw new StartupProblem(`使用数据目录 ${dataDir} 的程序还在启动中，请稍后重试。`);
  }
}
