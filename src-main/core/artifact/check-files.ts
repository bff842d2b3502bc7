/**
 * Files on disk against a manifest: one row for every file that is expected or found.
 *
 * Reading and comparing are apart, so that a signature and a record can be held against the same single reading.
 */
import type { CheckedFile, FileCounts, FileState } from '../../../src-shared/domain/artifact.ts';
import { fileStates } from '../../../src-shared/domain/artifact.ts';
import type { JobContext } from '../ports.ts';
import { throttled } from '../snapshot/progress.ts';
import { compareUtf8 } from '../store/utf8-order.ts';
import { formatDigest, isStrong } from './digest.ts';
import { type HashedFile, type HashOutcome, hashFile } from './hash-file.ts';
import type { Entry, Listing } from './list-files.ts';
import { coverOf, type ExpectedFile, type Manifest } from './manifest.ts';

export interface ReadFiles {
  readonly listing: Listing;
  /** By name; links only where a manifest follows them. */
  readonly outcomes: ReadonlyMap<string, HashOutcome>;
  readonly bytes: number;
}

export interface ReadingPlan {
  readonly manifests: readonly Manifest[];
  /** Algorithms for every file, beside SHA-256 and what the manifests ask for. */
  readonly algorithms?: readonly string[];
  /** Sees the bytes of every file as it is read. */
  readonly also?: (chunk: Buffer) => void;
}

/** Reads every file once. What all manifests leave out is not read. */
export async function readFiles(listing: Listing, plan: ReadingPlan, job: JobContext): Promise<ReadFiles> {
  const progress = throttled(job);
  const { manifests } = plan;
  const total = listing.entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.bytes : 0), 0);
  const shards = manifests.find((manifest) => manifest.shards)?.shards;
  const outcomes = new Map<string, HashOutcome>();
  let bytes = 0;
  for (const entry of listing.entries) {
    job.throwIfCancelled();
    const place = placeToRead(entry, manifests);
    if (place === null) continue;
    const wanted = manifests.flatMap((manifest) => manifest.files.get(entry.name)?.digests ?? []);
    const pieces = manifests.map((manifest) => manifest.files.get(entry.name)?.shards?.length ?? 0);
    const outcome = await hashFile(
      listing.root,
      place,
      {
        algorithms: new Set(['sha256', ...(plan.algorithms ?? []), ...wanted.map(({ algorithm }) => algorithm)]),
        ...(shards ? { shards: { ...shards, most: Math.max(...pieces) } } : {}),
        ...(plan.also ? { also: plan.also } : {}),
      },
      job,
      (more) => {
        bytes += more;
        progress({ phase: 'Hashing files', done: bytes, total: Math.max(total, bytes), unit: 'bytes' });
      },
    );
    outcomes.set(entry.name, outcome);
  }
  return { listing, outcomes, bytes };
}

function placeToRead(entry: Entry, manifests: readonly Manifest[]): string | null {
  if (entry.kind === 'unreadable') return null;
  const asked = manifests.filter(
    (manifest) => manifest.files.has(entry.name) || coverOf(manifest, entry.name) === 'covered',
  );
  if (entry.kind === 'file') return asked.length > 0 || manifests.length === 0 ? entry.name : null;
  return asked.some((manifest) => manifest.followLinks && manifest.files.has(entry.name)) ? entry.target : null;
}

export interface FileCheck {
  readonly rows: readonly CheckedFile[];
  readonly counts: FileCounts;
}

export function compareFiles(read: ReadFiles, manifest: Manifest, job: JobContext): FileCheck {
  const rows: CheckedFile[] = [];
  const missing = new Set(manifest.files.keys());
  for (const entry of read.listing.entries) {
    job.throwIfCancelled();
    missing.delete(entry.name);
    rows.push(judgeEntry(entry, read, manifest));
  }
  const closed = read.listing.entries.filter(({ kind, name }) => kind === 'unreadable' && name.endsWith('/'));
  const places = missing.size > 0 ? placesByDigest(read) : new Map<string, string>();
  for (const name of missing) {
    job.throwIfCancelled();
    const expected = manifest.files.get(name);
    const about = { expected: expectationText(expected) };
    rows.push(
      closed.some((folder) => name.startsWith(folder.name))
        ? makeRow(name, 'unreadable', { ...about, note: 'its folder cannot be read' })
        : makeRow(name, 'removed', { ...about, note: sameContent(places, expected) }),
    );
  }
  return tableOf(rows, manifest.files.size);
}

/** Problems first, counted; `expected` is how many files somebody vouches for. */
export function tableOf(rows: readonly CheckedFile[], expected: number): FileCheck {
  const counts = { expected, ...Object.fromEntries(fileStates.map((state) => [state, 0])) } as FileCounts;
  for (const { state } of rows) counts[state] += 1;
  return {
    rows: [...rows].sort((a, b) => urgency[a.state] - urgency[b.state] || compareUtf8(a.name, b.name)),
    counts,
  };
}

function judgeEntry(entry: Entry, { outcomes }: ReadFiles, manifest: Manifest): CheckedFile {
  const { name } = entry;
  const expected = manifest.files.get(name);
  const about = { expected: expectationText(expected) };
  const cover = coverOf(manifest, name);
  if (!expected && cover !== 'covered')
    return makeRow(name, cover === 'ignored' ? 'ignored' : 'uncovered', { note: coverNotes[cover] });
  if (entry.kind === 'unreadable') return makeRow(name, 'unreadable', { ...about, note: entry.reason });
  if (entry.kind === 'link' && !(manifest.followLinks && expected && entry.target !== null))
    return makeRow(name, 'link', { ...about, note: entry.leads });
  const outcome = outcomes.get(name);
  if (!outcome) throw new Error(`${name} was compared without being read`);
  if ('unreadable' in outcome) return makeRow(name, 'unreadable', { ...about, note: outcome.unreadable });
  return expected ? judgeExpected(name, outcome, expected) : judgeUnexpected(name, outcome, manifest);
}

const coverNotes = {
  ignored: 'left out by the signature',
  left_out: 'left out on request',
  not_named: 'not named by the statement',
} as const;

function judgeUnexpected(name: string, hashed: HashedFile, manifest: Manifest): CheckedFile {
  const about = aboutFile(hashed);
  // An empty file has no shards, so nobody who signs shards can vouch for one.
  if (manifest.shards && hashed.bytes === 0)
    return makeRow(name, 'ignored', { ...about, note: 'empty, which a signature over shards cannot cover' });
  return makeRow(name, 'added', about);
}

function judgeExpected(name: string, hashed: HashedFile, expected: ExpectedFile): CheckedFile {
  const about = { ...aboutFile(hashed), expected: expectationText(expected) };
  if (expected.bytes !== undefined && expected.bytes !== hashed.bytes)
    return makeRow(name, 'changed', { ...about, note: `${hashed.bytes} bytes where ${expected.bytes} were recorded` });
  if (expected.shards) {
    const note = shardDifference(hashed.shards, expected.shards);
    if (note === null && expected.problem !== undefined)
      return makeRow(name, 'undetermined', { ...about, note: expected.problem });
    return makeRow(name, note === null ? 'same' : 'changed', { ...about, note });
  }
  const compared = expected.digests.map((digest) => ({ digest, found: hashed.digests.get(digest.algorithm) }));
  const wrong = compared.find(({ digest, found }) => found?.hex !== digest.hex);
  if (wrong?.found) return makeRow(name, 'changed', { ...about, found: formatDigest(wrong.found) });
  const proof = expected.digests.find(isStrong);
  return proof && expected.problem === undefined
    ? makeRow(name, 'same', { ...about, found: formatDigest(proof) })
    : makeRow(name, 'undetermined', { ...about, note: expected.problem ?? 'no digest is stated for it' });
}

function shardDifference(found: HashedFile['shards'], wanted: NonNullable<ExpectedFile['shards']>): string | null {
  if (found.length > wanted.length) return `more shards than the ${wanted.length} that were signed`;
  if (found.length < wanted.length) return `${found.length} shards where ${wanted.length} were signed`;
  const wrong = found.findIndex(({ start, end, hex }, index) => {
    const other = wanted[index];
    return start !== other?.start || end !== other.end || hex !== other.hex;
  });
  return wrong < 0 ? null : `shard ${wrong + 1} of ${wanted.length} differs`;
}

function aboutFile(hashed: HashedFile): Pick<CheckedFile, 'bytes' | 'found'> {
  const sha256 = hashed.digests.get('sha256');
  return { bytes: hashed.bytes, found: sha256 ? formatDigest(sha256) : null };
}

export const makeRow = (name: string, state: FileState, rest: Partial<CheckedFile>): CheckedFile => ({
  name,
  state,
  bytes: null,
  expected: null,
  found: null,
  note: null,
  ...rest,
});

/** The strongest expectation, as a record would write it. */
function expectationText(expected: ExpectedFile | undefined): string | null {
  if (!expected) return null;
  if (expected.shards) return `${expected.shards.length} shards`;
  const digest = expected.digests.find(isStrong) ?? expected.digests[0];
  return digest ? formatDigest(digest) : null;
}

/** A missing file whose content lies there under another name was renamed. */
function sameContent(places: ReadonlyMap<string, string>, expected: ExpectedFile | undefined): string | null {
  const wanted = expected?.digests.find(isStrong);
  const place = wanted && places.get(formatDigest(wanted));
  return place === undefined ? null : `the same content lies at ${place}`;
}

/** `algorithm:hex` -> the first file that has it. */
function placesByDigest({ outcomes }: ReadFiles): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const [name, outcome] of outcomes) {
    if (!('digests' in outcome)) continue;
    for (const digest of outcome.digests.values()) {
      const text = formatDigest(digest);
      if (!places.has(text)) places.set(text, name);
    }
  }
  return places;
}

/** hex SHA-256 by name of every file that could be read. */
export const sha256ByName = ({ outcomes }: ReadFiles): ReadonlyMap<string, string> =>
  new Map(
    [...outcomes].flatMap(([name, outcome]) => {
      const hex = 'digests' in outcome ? outcome.digests.get('sha256')?.hex : undefined;
      return hex === undefined ? [] : [[name, hex] as const];
    }),
  );

const urgency: Readonly<Record<FileState, number>> = {
  changed: 0,
  removed: 1,
  added: 2,
  link: 3,
  unreadable: 4,
  undetermined: 5,
  uncovered: 6,
  ignored: 7,
  same: 8,
};
