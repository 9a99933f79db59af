import { Problem, problem } from './problem.js';

/** Converts any thrown value to a problem: anything but a Problem is a bug. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isFolderGone(error)) return problem('working_folder_gone', {}, error);
  const message = error instanceof Error ? error.message : String(error);
  return problem('bug', { message }, error);
}

/** Another process may have removed the working folder. */
function isFolderGone(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';
}

/** The `code` that Node puts on system errors, like `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EEXIST: 'it already exists',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EMFILE: 'too many files are open',
  EIO: 'the disk failed',
};

/** A system error in plain words, for the middle of a sentence. */
export function plainReason(error: unknown): string {
  const code = errorCode(error);
  const sentence = code === undefined ? undefined : sentences[code];
  return sentence ?? (error instanceof Error ? error.message : String(error));
}
