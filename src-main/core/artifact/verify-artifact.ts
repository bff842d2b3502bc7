/**
 * Files on disk against the signature that lies with them, against what a record says, or both, in one reading.
 *
 * The answers stay apart, as for snapshots: content, signer, time. What nobody accepted vouches for is not compared, and what
 * cannot be compared is "cannot determine", never a pass.
 */
import { stat } from 'node:fs/promises';
import type { ArtifactVerification } from '../../../src-shared/domain/artifact.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { JobContext } from '../ports.ts';
import { aggregatesOf } from './aggregates.ts';
import { contentLine, isVerified, type RecordUnderCheck, unsignedSigner } from './artifact-answers.ts';
import { compareFiles, type FileCheck, type ReadFiles, readFiles, sha256ByName, tableOf } from './check-files.ts';
import { compareRecorded, type RecordedCheck } from './compare-recorded.ts';
import { type FoundSignature, findSignature, type SignatureSearch } from './find-signature.ts';
import { type JudgedSignature, judgeSignature } from './judge-signature.ts';
import { type Listing, listFiles, listOneFile, unreadableArtifact } from './list-files.ts';
import { type ExpectedFile, type Manifest, placeBelow } from './manifest.ts';
import { recordedAlgorithms, recordedManifest } from './recorded.ts';
import type { ArtifactTrust } from './signers.ts';
import { recordedTime } from './signing-time.ts';
import type { ArtifactStatement } from './statement.ts';

/** Rows that a result carries; counts are always of all. */
const mostRows = 2000;

export interface VerifyArtifactOptions {
  /** File or folder. */
  readonly path: string;
  /** Default: the file that lies where signing tools put it. */
  readonly signaturePath?: string;
  readonly trust: ArtifactTrust;
  readonly record?: RecordUnderCheck;
  /** Paths below the folder that a person leaves out, beside those that the signature leaves out. */
  readonly ignore?: readonly string[];
  readonly now: Date;
  readonly job: JobContext;
}

/** Raises `input` / `artifact.*` where there is nothing to read; everything about signatures and content is a line. */
export async function verifyArtifact(options: VerifyArtifactOptions): Promise<ArtifactVerification> {
  const { job, record } = options;
  const listing = await openArtifact(options.path, job);
  const search = await findSignature(listing, options.path, options.signaturePath);
  const { found } = search;
  const files = withoutSignature(listing, found, record);
  const judged = found ? await judgeSignature(found, options.trust, options.now) : null;
  const message = judged && 'finish' in judged ? judged : null;
  const statement = judged && 'statement' in judged ? judged.statement : null;
  const leftOut = (options.ignore ?? []).map(placeBelow);
  const manifest = statement ? { ...exceptItself(manifestFor(statement, files), found), leftOut } : null;
  const recorded = record ? recordedManifest(record.evidence, files.only, leftOut) : null;
  const manifests = [manifest, recorded].filter((one) => one !== null);
  const read =
    manifests.length > 0 || message
      ? await readFiles(
          files,
          {
            manifests,
            algorithms: record ? recordedAlgorithms(record.evidence) : [],
            ...(message ? { also: message.update } : {}),
          },
          job,
        )
      : null;
  const check = read && recorded && record ? compareRecorded(record.evidence, recorded, read, job) : null;
  if (!found || !judged) return summariseUnsigned(search, record, read, check);
  if ('finish' in judged) {
    const signed = judged.finish(read ?? { listing: files, outcomes: new Map(), bytes: 0 });
    return summariseSigned(found, signed, signed.table, read, check);
  }
  const table = manifest && read ? compareFiles(read, manifest, job) : (check ?? tableOf([], 0));
  const asked = manifest ? { files: manifest.files.size, whole: record !== undefined } : null;
  const signed = statement && asked ? { ...judged, content: contentLine(table, statement, asked) } : judged;
  return summariseSigned(
    found,
    signed,
    table,
    manifest?.complete === false && !check ? null : read,
    check,
    read?.bytes,
  );
}

interface ArtifactFiles extends Listing {
  /** Name of the one file that was asked for; null for a folder. */
  readonly only: string | null;
}

async function openArtifact(path: string, job: JobContext): Promise<ArtifactFiles> {
  const info = await stat(path).catch((error: unknown) => unreadableArtifact(path, error));
  if (info.isDirectory()) return { ...(await listFiles(path, job)), only: null };
  if (info.isFile()) {
    const listing = await listOneFile(path, info.size);
    return { ...listing, only: listing.entries[0]?.name ?? null };
  }
  return raise(
    'input',
    'artifact.not_a_file',
    `${path} is a pipe, socket or device, which is never opened; name a file or folder. Nothing was checked.`,
    { file: path },
  );
}

/** The signature is no part of what it is over; a record may list it all the same. */
function withoutSignature(
  files: ArtifactFiles,
  found: FoundSignature | null,
  record: RecordUnderCheck | undefined,
): ArtifactFiles {
  const isListed = record?.evidence.files.some(({ name }) => name === found?.inside);
  return files.only !== null || isListed
    ? files
    : { ...files, entries: files.entries.filter(({ name }) => name !== found?.inside) };
}

/** A signature does not cover the file that it lies in. */
const exceptItself = (manifest: Manifest, found: FoundSignature | null): Manifest =>
  found?.inside ? { ...manifest, ignored: [...manifest.ignored, found.inside] } : manifest;

/** What the statement names `.` is the single file that it calls by the subject's name. */
function manifestFor({ manifest, singleFile, basis, subject }: ArtifactStatement, { only }: ArtifactFiles): Manifest {
  const [file] = manifest.files.values();
  if (singleFile && file) {
    const place = only ?? subject;
    return { ...manifest, files: new Map([[place, { ...file, name: place }]]) };
  }
  return only === null
    ? manifest
    : { ...manifest, files: onlyEntry(manifest.files, only, basis === 'in_toto'), complete: true };
}

/** One file of a statement about several: by its name, or by its last part where products are named with their path. */
function onlyEntry(
  files: ReadonlyMap<string, ExpectedFile>,
  name: string,
  byLastPart: boolean,
): ReadonlyMap<string, ExpectedFile> {
  const matches = [...files.values()].filter(
    (file) => file.name === name || (byLastPart && file.name.endsWith(`/${name}`)),
  );
  const [entry, ...more] = matches;
  return entry && more.length === 0 ? new Map([[name, { ...entry, name }]]) : new Map();
}

/** `whole`: what was read, where it is all there is to the artifact. */
function summariseSigned(
  found: FoundSignature,
  { basis, statement, content, signer, time }: JudgedSignature,
  table: FileCheck,
  whole: ReadFiles | null,
  recorded: RecordedCheck | null,
  bytes = whole?.bytes ?? 0,
): ArtifactVerification {
  return {
    ok: isVerified(content, signer, recorded?.line ?? null),
    basis,
    signatureFile: found.name,
    signatureSha256: sha256Hex(found.bytes),
    predicateType: statement?.predicateType ?? null,
    subject: statement?.subject ?? null,
    content,
    signer,
    time,
    recorded: recorded?.line ?? null,
    ...tablePart(content.state === 'pass' && recorded ? recorded : table, whole),
    bytes,
  };
}

function summariseUnsigned(
  search: SignatureSearch,
  record: RecordUnderCheck | undefined,
  read: ReadFiles | null,
  check: RecordedCheck | null,
): ArtifactVerification {
  const content: CheckLine = check?.line ?? {
    state: 'unknown',
    code: 'content.not_checked',
    text: 'Not checked: there is no signature, and no record to compare with.',
  };
  const signer = unsignedSigner(search, record, content);
  return {
    ok: isVerified(content, signer, null),
    basis: check ? 'recorded' : 'none',
    signatureFile: null,
    signatureSha256: null,
    predicateType: null,
    subject: null,
    content,
    signer: { ...signer, signers: [] },
    time: record
      ? recordedTime(record.takenAt)
      : { state: 'unknown', code: 'time.unknown', text: 'Signing time unknown: nothing is signed.' },
    recorded: null,
    ...tablePart(check ?? tableOf([], 0), read),
    bytes: read?.bytes ?? 0,
  };
}

const tablePart = ({ counts, rows }: FileCheck, whole: ReadFiles | null) => ({
  counts,
  files: rows.slice(0, mostRows),
  leftOut: Math.max(0, rows.length - mostRows),
  aggregates: whole ? [...aggregatesOf(sha256ByName(whole))] : [],
});
