/** Writes a file so that a reader sees the old one or the new one, never half of it, and nobody but its owner (security.md G11). */
import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { raise } from '../../../src-shared/result.ts';

export async function writeWholeFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    raise(
      'input',
      'file.unwritable',
      `${basename(path)} could not be written (${code}); a file that was there before is untouched. Choose another place.`,
      { code },
    );
  }
}
