/**
 * One digest for many files. No standard says how; these are the rules in use, so a recorded digest that one of them gives is
 * proof, and one that none of them gives proves nothing either way.
 */
import { createHash } from 'node:crypto';
import type { Aggregate } from '../../../src-shared/domain/artifact.ts';
import { compareUtf8 } from '../store/utf8-order.ts';

/** hex SHA-256 by name -> every aggregate, all of them SHA-256. One file: its own digest and nothing else. */
export function aggregatesOf(files: ReadonlyMap<string, string>): readonly Aggregate[] {
  const sorted = [...files].sort(([a], [b]) => compareUtf8(a, b));
  const [first] = sorted;
  if (!first) return [];
  if (sorted.length === 1) return [{ rule: 'the file itself', digest: `sha256:${first[1]}` }];
  const lines = (line: (name: string, hex: string) => string): string => {
    const hash = createHash('sha256');
    for (const [name, hex] of sorted) hash.update(line(name, hex));
    return `sha256:${hash.digest('hex')}`;
  };
  return [
    { rule: 'model signature root: SHA-256 over the digests in order of path', digest: modelRoot(files) },
    { rule: 'SHA-256 of what sha256sum prints, sorted by name', digest: lines((name, hex) => `${hex}  ${name}\n`) },
    {
      rule: 'SHA-256 over lines "sha256:digest  name", sorted by name',
      digest: lines((name, hex) => `sha256:${hex}  ${name}\n`),
    },
  ];
}

/** The subject digest of OpenSSF Model Signing: raw digests in the order of paths, compared part by part. */
export function modelRoot(files: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [, hex] of [...files].sort(([a], [b]) => comparePaths(a, b))) hash.update(hex, 'hex');
  return `sha256:${hash.digest('hex')}`;
}

/** Order of `pathlib.PurePosixPath`: part by part, each by code points. */
export function comparePaths(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const order = compareUtf8(left[index] ?? '', right[index] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length;
}
