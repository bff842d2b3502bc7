/** Writes a file that must not be there yet: keys are never overwritten, and none is left half written. */
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { raise } from '../../../src-shared/result.ts';

/** Raises `usage` / `keys.exists` or `input` / `keys.unwritable`. */
export function writeNewFile(file: string, text: string, mode: number): void {
  const handle = create(file, mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } catch (error) {
    rmSync(file, { force: true });
    unwritable(file, error);
  } finally {
    closeSync(handle);
  }
}

function create(file: string, mode: number): number {
  try {
    return openSync(file, 'wx', mode);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      raise('usage', 'keys.exists', `${file} exists already; a key is never overwritten.`, { file });
    return unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): never {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return raise('input', 'keys.unwritable', `${file} could not be written (${reason}); nothing was kept.`, {
    file,
    reason,
  });
}
