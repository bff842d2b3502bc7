/** What the operating system refused (no space, no permission, no such folder) is not a bug of ours: it has a sentence. */
import type { Failure } from '../../src-shared/result.ts';

const sentences: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EBUSY: 'it is in use by another program',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'something is there already',
  EFBIG: 'the file would be too large for this disk',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'links lead round in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'part of the path is a file, not a folder',
  ENOTEMPTY: 'the folder is not empty',
  EPERM: 'the operation is not permitted',
  EROFS: 'the disk is read-only',
};

/** `there is no such file or folder` for an error of the file system; null for anything else. */
export function systemReason(error: unknown): string | null {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return null;
  return sentences[String(error.code)] ?? null;
}

/** `input` / `system.enospc` for an error of the file system; null for anything else. */
export function systemFailure(error: unknown, doing: string): Failure | null {
  const reason = systemReason(error);
  if (reason === null || !(error instanceof Error && 'code' in error)) return null;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : '';
  return {
    kind: 'input',
    code: `system.${String(error.code).toLowerCase()}`,
    message: `${doing} stopped${path ? ` at ${path}` : ''}: ${reason}; what was not finished was rolled back.`,
    details: { code: String(error.code), file: path },
  };
}
