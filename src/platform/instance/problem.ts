/** Why the program cannot start or go on, as one Chinese line that says what to do. `main` prints it and leaves with code 1. */
export class StartupProblem extends Error {
  override readonly name = 'StartupProblem';
}

const FILE_PROBLEMS: Record<string, string> = {
  EACCES: '没有写入权限，请修改该目录的属主或权限，或用 DATA_DIR 指定另一个可写的目录',
  EPERM: '没有写入权限，请修改该目录的属主或权限，或用 DATA_DIR 指定另一个可写的目录',
  EROFS: '所在磁盘是只读的，请用 DATA_DIR 指定另一个可写的目录',
  ENOSPC: '所在磁盘已满，请清理磁盘后重新启动（已有数据未受影响）',
  EDQUOT: '已超出磁盘配额，请清理磁盘后重新启动（已有数据未受影响）',
  ENOTDIR: '不是目录，请用 DATA_DIR 指定一个目录',
  EEXIST: '不是目录，请用 DATA_DIR 指定一个目录',
};

/** The problem behind a failed file operation on `folder`; undefined when the error is not one of files. */
export function fileProblem(error: unknown, folder: string): StartupProblem | undefined {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const remedy = code === undefined ? undefined : FILE_PROBLEMS[code];
  return remedy === undefined ? undefined : new StartupProblem(`无法使用数据目录 ${folder}：${remedy}。`);
}
