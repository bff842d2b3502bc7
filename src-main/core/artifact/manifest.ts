/** What somebody vouches for, whoever it was: files by name with the digests they must have. */
import { posix } from 'node:path';
import type { Digest } from './digest.ts';

/** One file that is vouched for; `problem` says why it cannot be compared although it is listed. */
export interface ExpectedFile {
  readonly name: string;
  readonly digests: readonly Digest[];
  /** Digests of consecutive pieces; takes the place of `digests`. */
  readonly shards?: readonly { readonly start: number; readonly end: number; readonly hex: string }[];
  readonly bytes?: number;
  readonly problem?: string;
}

export interface Manifest {
  readonly files: ReadonlyMap<string, ExpectedFile>;
  /** Length and algorithm of the pieces, where files are vouched for in pieces. */
  readonly shards?: { readonly algorithm: string; readonly bytes: number };
  /** False: other files may lie beside them without a word (an in-toto statement lists products, not folders). */
  readonly complete: boolean;
  /** Files and folders, as `placeBelow` writes them, that whoever vouches leaves out on purpose. */
  readonly ignored: readonly string[];
  /** The same of whoever checks: nobody vouches for leaving these out. */
  readonly leftOut: readonly string[];
  /** Links to files inside the root stand for these files. */
  readonly followLinks: boolean;
}

/** What would become of a file that is not listed: noticed, left out by either side, or passed over in silence. */
export function coverOf(manifest: Manifest, name: string): 'covered' | 'ignored' | 'left_out' | 'not_named' {
  if (liesIn(manifest.ignored, name)) return 'ignored';
  if (liesIn(manifest.leftOut, name)) return 'left_out';
  return manifest.complete ? 'covered' : 'not_named';
}

const liesIn = (places: readonly string[], name: string): boolean =>
  places.some((place) => name === place || name.startsWith(`${place}/`));

/** `./logs/` -> `logs`: the one spelling of a path below the root. */
export const placeBelow = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, '');
