/**
 * The content of a redacted snapshot against the publisher's signed statement: every line that is shown is a leaf of the signed
 * tree, every evidence file has its signed digest, and the counts of what was withheld are the signed ones.
 */
import type { Redaction, RedactionSummary } from '../../../src-shared/domain/disclosure.ts';
import type { CanonicalRecord, RecordRef } from '../../../src-shared/domain/record.ts';
import { answerNotice, type Statement, signedForm } from '../../../src-shared/domain/snapshot.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { AssayError } from '../../../src-shared/result.ts';
import type { JobContext } from '../ports.ts';
import { refuseContent, signedBytes, signedMembers } from '../snapshot/content.ts';
import { createLeafHashes, rootFromMultiproof } from '../snapshot/merkle.ts';
import { isSignatureFile, modelSignatureMember } from '../snapshot/names.ts';
import { parseRecordLine } from '../snapshot/parse-line.ts';
import { throttled } from '../snapshot/progress.ts';
import type { Container } from '../snapshot/read.ts';
import { splitLines } from '../snapshot/record-lines.ts';
import { type SignedMember, type SignedShard, signedMembersOf, signedShardsOf } from '../snapshot/statement.ts';
import { nodesFromHex, refuse, requireOrder, requireSignedTree } from './disclosed-leaves.ts';
import { kindRanges } from './record-order.ts';
import { isRedacted, keptShardName, readRedaction, redactionMember } from './redaction-file.ts';

/** A record that a redacted snapshot shows; it counts as proven only once `checkRedacted` has returned. */
export interface ShownLine {
  readonly record: CanonicalRecord;
  readonly index: number;
  readonly line: Buffer;
}

export interface RedactedFacts {
  readonly shown: number;
  readonly size: number;
  readonly evidence: Redaction['evidence'];
}

/** The content line of `snapshot verify`. */
export async function redactedContent(
  container: Container,
  statement: Statement,
  job: JobContext,
  onLine: (line: ShownLine) => void = () => {},
): Promise<CheckLine> {
  try {
    const { shown, size, evidence } = await checkRedacted(container, statement, job, onLine);
    return {
      state: 'pass',
      code: 'content.redacted',
      text: `${answerNotice(statement.predicate)}Redacted: ${shown} of ${size} records are shown, each proven to be in the signed ${signedForm(statement.predicate)}; the other ${size - shown} are withheld. ${evidence.shown} of ${evidence.total} evidence files are included${evidence.shown > 0 ? ', unchanged' : ''}.`,
    };
  } catch (error) {
    if (error instanceof AssayError && (error.failure.kind === 'trust' || error.failure.code.startsWith('record.')))
      return { state: 'fail', code: error.failure.code, text: error.message };
    throw error;
  }
}

/** What the file says of itself, unverified; null for a whole snapshot. */
export async function redactionSummary(container: Container): Promise<RedactionSummary | null> {
  if (!isRedacted(container)) return null;
  const { redactedAt, redactedBy, keep, evidenceRule, records, evidence } = await readRedaction(container);
  return { redactedAt, redactedBy, keep, evidenceRule, records, evidence };
}

async function checkRedacted(
  container: Container,
  statement: Statement,
  job: JobContext,
  onLine: (line: ShownLine) => void,
): Promise<RedactedFacts> {
  const redaction = await readRedaction(container);
  requireSignedTree(redaction.tree, statement);
  const ranges = kindRanges(statement);
  const shards = signedShardsOf(statement);
  const { list, evidence } = await evidenceMembers(container, statement);
  requireKnownMembers(container, shards, [...list, ...evidence]);

  const shown = await readShown(container, shards, redaction, job, onLine);
  const root = rootFromMultiproof(redaction.tree.size, shown.indexes, shown.hashes, nodesFromHex(redaction.nodes));
  if (root?.toString('hex') !== redaction.tree.root)
    refuse(
      'root',
      'its records and hashes do not lead to the signed Merkle root: a record, an index or a hash was changed',
    );
  const included = await checkEvidence(container, evidence, job);

  const counts = ranges.map(({ kind, first, end }) => ({
    kind,
    total: end - first,
    shown: shown.indexes.filter((index) => index >= first && index < end).length,
  }));
  const facts = { total: evidence.length, shown: included };
  if (
    JSON.stringify(counts) !==
      JSON.stringify(redaction.records.map(({ kind, total, shown: n }) => ({ kind, total, shown: n }))) ||
    redaction.evidence.total !== facts.total ||
    redaction.evidence.shown !== facts.shown
  ) {
    refuse(
      'counts',
      `${redactionMember} states other counts of shown and withheld records or evidence than are signed and there`,
    );
  }
  return { shown: shown.indexes.length, size: redaction.tree.size, evidence: facts };
}

interface EvidenceMembers {
  /** The signed list of evidence that is no subject itself, where the snapshot has one: always included, so that the number is known. */
  readonly list: readonly SignedMember[];
  readonly evidence: readonly SignedMember[];
}

async function evidenceMembers(container: Container, statement: Statement): Promise<EvidenceMembers> {
  const subjects = signedMembersOf(statement).filter((member) => member.content !== 'records');
  const list = subjects.filter((member) => member.content === 'checksums');
  for (const { name } of list)
    if (!container.members.has(name))
      refuseContent(container, 'missing_member', name, 'is in the signed list and not in the bundle');
  const members = await signedMembers(container, subjects);
  return { list, evidence: members.filter((member) => member.content !== 'checksums') };
}

/** `model.sig` speaks of the whole snapshot, which is not there to check it against. */
const isProofOfSigner = (name: string): boolean => isSignatureFile(name) && name !== modelSignatureMember;

function requireKnownMembers(
  container: Container,
  shards: readonly SignedShard[],
  signed: readonly SignedMember[],
): void {
  const allowed = new Set([
    redactionMember,
    ...shards.map(({ shard }) => keptShardName(shard)),
    ...signed.map(({ name }) => name),
  ]);
  for (const name of container.members.keys()) {
    if (!allowed.has(name) && !isProofOfSigner(name))
      refuseContent(container, 'unlisted_member', name, 'is neither a disclosed part nor in the signed list');
  }
}

/** Lines of all kept shards with the leaf index that the runs give each: both lists must come to an end together. */
async function readShown(
  container: Container,
  shards: readonly SignedShard[],
  { runs }: Redaction,
  job: JobContext,
  onLine: (line: ShownLine) => void,
): Promise<{ readonly indexes: readonly number[]; readonly hashes: Buffer }> {
  const next = indexesOf(runs);
  const indexes: number[] = [];
  const hashes = createLeafHashes();
  const progress = throttled(job);
  let before: RecordRef | null = null;
  let start = 0;
  for (const { shard, records } of shards) {
    const name = keptShardName(shard);
    const end = start + records;
    if (container.members.has(name)) {
      for await (const batch of splitLines(container.stream(name), shard.kind, name, container.file)) {
        job.throwIfCancelled();
        for (const line of batch) {
          const index = next();
          if (index === null || index < start || index >= end)
            refuse('index', `${name} line ${line.lineNumber} has no leaf index in this shard`);
          const record = parseRecordLine(line, container.file);
          requireOrder(before ? [{ ref: before }, { ref: record }] : [{ ref: record }]);
          before = { kind: record.kind, id: record.id };
          hashes.append(line.line);
          indexes.push(index);
          onLine({ record, index, line: line.line });
        }
        progress({ phase: 'Reading records', done: indexes.length, total: 0, unit: 'records' });
      }
    }
    start = end;
  }
  if (next() !== null) refuse('index', 'it lists more records than it holds');
  return { indexes, hashes: hashes.bytes() };
}

/** The indexes of runs, one at a time; runs that touch, overlap or go back are refused. */
function indexesOf(runs: Redaction['runs']): () => number | null {
  let run = 0;
  let taken = 0;
  return () => {
    const current = runs[run];
    if (!current) return null;
    const [first, length] = current;
    const previous = runs[run - 1];
    if (taken === 0 && previous && first <= previous[0] + previous[1])
      refuse('index', 'its runs of leaf indexes are out of order or touch');
    const index = first + taken;
    taken += 1;
    if (taken === length) {
      run += 1;
      taken = 0;
    }
    return index;
  };
}

async function checkEvidence(
  container: Container,
  evidence: readonly SignedMember[],
  job: JobContext,
): Promise<number> {
  const included = evidence.filter(({ name }) => container.members.has(name));
  const progress = throttled(job);
  for (const [index, member] of included.entries()) {
    job.throwIfCancelled();
    for await (const chunk of signedBytes(container, member)) void chunk;
    progress({ phase: 'Checking evidence', done: index + 1, total: included.length, unit: 'files' });
  }
  return included.length;
}
