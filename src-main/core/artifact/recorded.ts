/**
 * What a record says about files: a digest for each, one digest for all, or nothing that could be held against them.
 */
import { z } from 'zod';
import type { CheckedFile } from '../../../src-shared/domain/artifact.ts';
import { problemsInWords } from '../../../src-shared/domain/artifact.ts';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue, RecordBody } from '../../../src-shared/domain/record.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';
import { aggregatesOf } from './aggregates.ts';
import { compareFiles, type FileCheck, makeRow, type ReadFiles, sha256ByName, tableOf } from './check-files.ts';
import { type Digest, formatDigest, isStrong, type ReadDigest, readDigest } from './digest.ts';
import type { ExpectedFile, Manifest } from './manifest.ts';
import { weak } from './statement.ts';

export interface RecordedEvidence {
  /** Files by name, where the record lists them. */
  readonly files: readonly ExpectedFile[];
  /** One digest for the whole; null: the record states none. */
  readonly digest: ReadDigest | null;
  readonly digestText: string | null;
  /** Where the record says the artifact's own signature lies. */
  readonly claimedSignature: string | null;
  /** Changes exactly when one of the above does: a check made before that is out of date. */
  readonly token: string;
}

/** The fields that say something about files on disk, by kind; other kinds have none. */
const fields: Partial<Record<Kind, { readonly digest: string; readonly files?: string; readonly signature?: string }>> =
  {
    model_version: { digest: 'artefact_digest', files: 'artefact_files', signature: 'signature_ref' },
    dataset: { digest: 'dataset_digest' },
  };

export const hasFiles = (kind: Kind): boolean => fields[kind] !== undefined;

export function recordedEvidence(kind: Kind, body: RecordBody): RecordedEvidence {
  const about = fields[kind];
  const value = (field: string | undefined): JsonValue => (field === undefined ? null : (body[field] ?? null));
  const digest = value(about?.digest);
  const list = value(about?.files);
  const signature = value(about?.signature);
  return {
    files: Array.isArray(list) ? list.flatMap((item) => listedFile(item)) : [],
    digest: typeof digest === 'string' && digest !== '' ? readDigest(digest) : null,
    digestText: typeof digest === 'string' && digest !== '' ? digest : null,
    claimedSignature: typeof signature === 'string' && signature !== '' ? signature : null,
    token: sha256Hex(toJcs([digest, list, signature])),
  };
}

/** Import has checked the shape; what has another one says nothing. */
const fileSchema = z
  .object({ name: z.string().optional(), size: z.number().optional(), digest: z.string().optional() })
  .catch({});

function listedFile(item: JsonValue): readonly ExpectedFile[] {
  const { name, size, digest } = fileSchema.parse(item);
  if (name === undefined || name === '') return [];
  const bytes = size === undefined ? {} : { bytes: size };
  if (digest === undefined) return [{ name, digests: [], ...bytes, problem: 'no digest is recorded for it' }];
  const read = readDigest(digest);
  if ('problem' in read) return [{ name, digests: [], ...bytes, problem: read.problem }];
  return [{ name, digests: [read.digest], ...bytes, ...(isStrong(read.digest) ? {} : { problem: weak }) }];
}

/** The manifest to read by. A file that was asked for alone stands for the one listed entry that it can be. */
export function recordedManifest(
  evidence: RecordedEvidence,
  onlyFile: string | null,
  ignored: readonly string[],
): Manifest {
  const listed = onlyFile === null ? evidence.files : entryFor(evidence, onlyFile);
  return { files: new Map(listed.map((file) => [file.name, file])), complete: true, ignored, followLinks: false };
}

function entryFor({ files }: RecordedEvidence, name: string): readonly ExpectedFile[] {
  const same = files.filter((file) => file.name === name || file.name.endsWith(`/${name}`));
  const [entry, ...more] = same.length > 0 ? same : files;
  return entry && more.length === 0 ? [{ ...entry, name }] : [];
}

/** Algorithms that every file must be hashed with to find the one digest of the record. */
export const recordedAlgorithms = ({ digest }: RecordedEvidence): readonly string[] =>
  digest && 'digest' in digest ? [digest.digest.algorithm] : [];

export interface RecordedCheck extends FileCheck {
  readonly line: CheckLine;
}

/** Compares what was read with the record: file by file where it lists files, else by its one digest. */
export function compareRecorded(evidence: RecordedEvidence, manifest: Manifest, read: ReadFiles): RecordedCheck {
  if (manifest.files.size > 0) return compareListed(compareFiles(read, manifest));
  const plain = compareFiles(read, { ...manifest, complete: true });
  const undetermined = (code: string, text: string, digest?: ReadDigest): RecordedCheck => ({
    ...withState(plain, 'undetermined', digest),
    line: { state: 'unknown', code, text },
  });
  if (evidence.digest === null)
    return undetermined(
      'recorded.none',
      evidence.files.length > 0
        ? `Cannot determine: the record lists ${evidence.files.length} files and none of them is this one.`
        : 'Cannot determine: the record states no digest.',
    );
  if ('problem' in evidence.digest)
    return undetermined('recorded.unusable', `Cannot determine: ${evidence.digest.problem} (${evidence.digestText}).`);
  const single = compareSingle(evidence.digest.digest, plain, read, undetermined);
  return single.line.state === 'fail' && evidence.files.length > 0
    ? undetermined(
        'recorded.none',
        `Cannot determine: the record lists ${evidence.files.length} files, none of them under this name, and its digest is of all of them.`,
      )
    : single;
}

function compareListed(check: FileCheck): RecordedCheck {
  const { counts } = check;
  const line = (state: CheckLine['state'], code: string, text: string): RecordedCheck => ({
    ...check,
    line: { state, code, text },
  });
  const noun = counts.expected === 1 ? 'recorded file is' : 'recorded files are';
  const share = `${counts.same} of ${counts.expected} ${noun} there with the recorded digest`;
  const problems = problemsInWords(counts);
  if (counts.same === counts.expected && problems === '') return line('pass', 'recorded.agrees', `${share}.`);
  if (counts.removed === counts.expected && counts.expected > 0)
    return line(
      'unknown',
      'recorded.other_files',
      `Cannot determine: none of the ${counts.expected} recorded file names is found here; is this the right folder?`,
    );
  const sure = counts.changed + counts.added + counts.removed + counts.link > 0;
  return sure
    ? line('fail', 'recorded.differs', `${share}; ${problems}.`)
    : line('unknown', 'recorded.undetermined', `Cannot determine: ${share}; ${problems}.`);
}

function compareSingle(
  wanted: Digest,
  plain: FileCheck,
  read: ReadFiles,
  undetermined: (code: string, text: string, digest?: ReadDigest) => RecordedCheck,
): RecordedCheck {
  const text = formatDigest(wanted);
  const files = plain.rows.filter(({ state }) => state === 'added');
  const { counts } = plain;
  if (counts.unreadable + counts.link > 0)
    return undetermined(
      'recorded.unreadable',
      `Cannot determine: ${problemsInWords({ ...counts, added: 0 })}, and ${text} is a digest of the whole.`,
    );
  if (files.length === 0)
    return {
      ...plain,
      line: { state: 'fail', code: 'recorded.removed', text: `There is no file that ${text} could be of.` },
    };
  const withDigest = files.filter(({ name }) => digestOf(read, name, wanted.algorithm) === wanted.hex);
  const [only] = files;
  if (files.length === 1 && only) {
    const same = withDigest.length === 1;
    if (same && !isStrong(wanted))
      return undetermined('recorded.weak', `Cannot determine: ${text} agrees, but ${weak}.`, { digest: wanted });
    return {
      ...withState(plain, same ? 'same' : 'changed', { digest: wanted }, read),
      line: same
        ? { state: 'pass', code: 'recorded.agrees', text: `1 of 1 file has the recorded digest ${text}.` }
        : { state: 'fail', code: 'recorded.differs', text: `The file has another digest than the recorded ${text}.` },
    };
  }
  const rule = aggregatesOf(sha256ByName(read)).find(({ digest }) => digest === text);
  if (rule)
    return {
      ...withState(plain, 'same', { digest: wanted }),
      line: {
        state: 'pass',
        code: 'recorded.agrees',
        text: `${files.length} of ${files.length} files together give the recorded digest ${text} (${rule.rule}).`,
      },
    };
  const [match] = withDigest;
  return match
    ? undetermined(
        'recorded.one_of_several',
        `Cannot determine for all: 1 of ${files.length} files (${match.name}) has the recorded digest, which says nothing about the others. Check that file alone, or a folder without the others.`,
      )
    : undetermined(
        'recorded.rule_unknown',
        `Cannot determine: ${text} is one digest for ${files.length} files, and no rule that is known here gives it. The computed digests are listed.`,
      );
}

const digestOf = ({ outcomes }: ReadFiles, name: string, algorithm: string): string | undefined => {
  const outcome = outcomes.get(name);
  return outcome && 'digests' in outcome ? outcome.digests.get(algorithm)?.hex : undefined;
};

/** The files that nobody lists one by one, with the state that the digest of the whole gives them. */
function withState(
  check: FileCheck,
  state: 'same' | 'changed' | 'undetermined',
  wanted?: ReadDigest,
  read?: ReadFiles,
): FileCheck {
  const digest = wanted && 'digest' in wanted ? wanted.digest : null;
  const rows = check.rows.map((row): CheckedFile => {
    if (row.state !== 'added') return row;
    const found = digest && read ? digestOf(read, row.name, digest.algorithm) : undefined;
    return makeRow(row.name, state, {
      bytes: row.bytes,
      expected: state === 'changed' && digest ? formatDigest(digest) : null,
      found: found && digest ? formatDigest({ algorithm: digest.algorithm, hex: found }) : row.found,
    });
  });
  return tableOf(rows, rows.filter((row) => row.state !== 'ignored').length);
}
