/** A bundle with one member changed, packed again by a foreign tool, so that only the content differs. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workshop } from '../snapshot/fixture.ts';

/** Unpacks `file`, lets `change` work on the folder, and packs it. */
export function rewriteBundle(workshop: Workshop, file: string, change: (folder: string) => void): string {
  const name = randomUUID();
  const folder = workshop.path(name);
  execFileSync('unzip', ['-q', file, '-d', folder]);
  change(folder);
  execFileSync('zip', ['-q', '-r', '-D', `../${name}.zip`, '.'], { cwd: folder });
  return workshop.path(`${name}.zip`);
}

export const rewriteMember = (
  workshop: Workshop,
  file: string,
  member: string,
  change: (text: string) => string,
): string =>
  rewriteBundle(workshop, file, (folder) => {
    const path = join(folder, member);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  });
