/** What is used of ssh2-sftp-client, which ships no types. */
declare module 'ssh2-sftp-client' {
  export type FileInfo = {
    readonly type: string;
    readonly name: string;
    readonly size: number;
    readonly modifyTime: number;
  };
  export type ConnectOptions = {
    readonly host: string;
    readonly port: number;
    readonly username: string;
    readonly privateKey: string;
    readonly readyTimeout?: number;
    readonly hostHash?: string;
    readonly hostVerifier?: (hash: string) => boolean;
  };
  export default class SftpClient {
    constructor(name?: string, callbacks?: Record<string, (value: unknown) => void>);
    connect(options: ConnectOptions): Promise<unknown>;
    list(folder: string): Promise<FileInfo[]>;
    get(path: string): Promise<Buffer>;
    get(path: string, to: string | NodeJS.WritableStream): Promise<unknown>;
    fastGet(path: string, to: string): Promise<string>;
    put(from: Buffer | string | NodeJS.ReadableStream, path: string): Promise<string>;
    exists(path: string): Promise<false | 'd' | '-' | 'l'>;
    mkdir(path: string, recursive?: boolean): Promise<string>;
    rename(from: string, to: string): Promise<string>;
    posixRename(from: string, to: string): Promise<string>;
    delete(path: string, noErrorOk?: boolean): Promise<string>;
    end(): Promise<boolean>;
  }
}
