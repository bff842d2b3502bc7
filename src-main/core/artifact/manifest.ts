/** What somebody vouches for, whoever it was: files by name with the digests they must have. */
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
  /** Files and folders that are left out on purpose, below the root. */
  readonly ignored: readonly string[];
  /** Links to files inside the root stand for these files. */
  readonly followLinks: boolean;
}

/** Whether a file that is not listed would be noticed: it lies in no ignored path, and the list claims to be whole. */
export const isCovered = ({ complete, ignored }: Manifest, name: string): boolean =>
  complete && !ignored.some((path) => name === path || name.startsWith(`${path}/`));
