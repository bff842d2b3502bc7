/**
 * What a record says about files: a digest for each, one digest for all, or nothing that could be held against them.
 */
import { z } from 'zod';
import type { Kind } from '../../../src-shared/domain/dictionary.ts';
import type { JsonValue, RecordBody } from '../../../src-shared/domain/record.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';
import { isStrong, type ReadDigest, readDigest } from './digest.ts';
import type { ExpectedFile, Manifest } from './manifest.ts';
import { weak } from './statement.ts';

export interface RecordedEvidence {
  /** Files by name, where the record lists them. */
  readonly files: readonly ExpectedFile[];
  /** Entries of that list which name no file. */
  readonly unnamed: number;
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
  const entries = Array.isArray(list) ? list : [];
  const listed = entries.flatMap((item) => listedFile(item));
  return {
    files: onceByName(listed),
    unnamed: entries.length - listed.length,
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

/** Of a file that is listed more than once nobody knows which entry is meant. */
function onceByName(listed: readonly ExpectedFile[]): readonly ExpectedFile[] {
  const files = new Map<string, ExpectedFile>();
  for (const file of listed)
    files.set(
      file.name,
      files.has(file.name) ? { name: file.name, digests: [], problem: 'the record lists it more than once' } : file,
    );
  return [...files.values()];
}

/**
 * The manifest to read by. A file that was asked for alone stands for the one listed entry of its name, with or without the path
 * before it. `leftOut`: what the person leaves out; what a signature leaves out binds no record.
 */
export function recordedManifest(
  evidence: RecordedEvidence,
  onlyFile: string | null,
  leftOut: readonly string[],
): Manifest {
  const listed = onlyFile === null ? evidence.files : entryFor(evidence, onlyFile);
  return {
    files: new Map(listed.map((file) => [file.name, file])),
    complete: true,
    ignored: [],
    leftOut,
    followLinks: false,
  };
}

function entryFor({ files }: RecordedEvidence, name: string): readonly ExpectedFile[] {
  const [entry, ...more] = files.filter((file) => file.name === name || file.name.endsWith(`/${name}`));
  return entry && more.length === 0 ? [{ ...entry, name }] : [];
}

/** Algorithms that every file must be hashed with to find the one digest of the record. */
export const recordedAlgorithms = ({ digest }: RecordedEvidence): readonly string[] =>
  digest && 'digest' in digest ? [digest.digest.algorithm] : [];
