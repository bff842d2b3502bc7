/**
 * Writes a redacted snapshot: the publisher's signature files unchanged, the kept record lines with one proof for all of them,
 * and evidence files as far as they speak of nothing else.
 *
 * A leaf of the signed tree is a whole line, so a record is shown whole or not at all: single fields cannot be withheld.
 */
import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { type EvidenceRule, type Redaction, redactionFormat } from '../../../src-shared/domain/disclosure.ts';
import type { Statement } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { Identities } from '../encryption/age-source.ts';
import { type JobContext, toInstant } from '../ports.ts';
import { openContent, signedMembers, wholeMember } from '../snapshot/content.ts';
import { readEvidenceBundle } from '../snapshot/evidence-bundle.ts';
import { createLeafHashes, createMultiproof } from '../snapshot/merkle.ts';
import { parseRecordLine } from '../snapshot/parse-line.ts';
import { type Container, openContainer } from '../snapshot/read.ts';
import { primaryOf, readSignatures } from '../snapshot/read-signatures.ts';
import { isRecordFailure, splitLines } from '../snapshot/record-lines.ts';
import {
  parseStatement,
  type SignedMember,
  type SignedShard,
  signedMembersOf,
  signedShardsOf,
} from '../snapshot/statement.ts';
import { type WritableMember, writeContainer } from '../snapshot/zip-write.ts';
import { nodesToHex } from './disclosed-leaves.ts';
import { type EvidenceUse, evidenceUse } from './evidence-use.ts';
import { parseKeep } from './keep-expression.ts';
import { kindRanges } from './record-order.ts';
import { formatRedaction, keptShardName, redactionMember, refuseRedacted } from './redaction-file.ts';

export interface RedactOptions {
  readonly file: string;
  readonly out: string;
  /** Alternatives; see keep-expression.ts. */
  readonly keep: readonly string[];
  readonly evidence: EvidenceRule;
  /** Who redacts, by their own word. */
  readonly by: string;
  readonly now: Date;
  readonly job: JobContext;
  readonly identities?: Identities;
}

/**
 * Raises `usage` / `redact.same_file` and what `parseKeep` raises, `input` / `redact.nothing_kept`, `redact.proof_too_large` and
 * `snapshot.redacted`, `trust` / `content.*` for a bundle that is not what its own statement lists. Makes no trust decision.
 */
export async function redactSnapshot(options: RedactOptions): Promise<OutputOf<'snapshot.redact'>> {
  const keep = parseKeep(options.keep);
  refuseSameFile(options);
  const container = await openContainer(options.file, options.identities);
  try {
    refuseRedacted(container, 'redacted again', 'Redact the whole snapshot instead.');
    const bundles = await readSignatures(container, null);
    const { payload } = primaryOf(bundles);
    container.allowAll();
    const statement = parseStatement(payload);
    const subjects = signedMembersOf(statement).filter((member) => member.content !== 'records');
    const evidence = await signedMembers(container, subjects);
    const files = evidence.filter((member) => member.content !== 'checksums');
    const lists = evidence.filter((member) => member.content === 'checksums');
    const names = await evidenceNames(container, files);
    const use = evidenceUse(files, (member) => names.get(member) ?? []);

    const kept = await selectLines(container, statement, keep, use, options.job);
    if (kept.indexes.length === 0) refuseNothing(options, statement);
    const included = use.chosen(options.evidence);
    const redaction = describe(options, statement, kept, { total: files.length, shown: included.length });
    const members = [
      ...bundles.map(({ member, bytes }) => wholeFile(member, bytes)),
      wholeFile(redactionMember, formatRedaction(redaction)),
      ...kept.shards,
      ...[...lists, ...included].map((member) => copied(container, member)),
    ];
    return {
      statementSha256: sha256Hex(payload),
      size: statement.predicate.merkle.leaves,
      shown: kept.indexes.length,
      records: redaction.records,
      evidence: redaction.evidence,
      fromEncrypted: container.encrypted,
      bytes: await writeContainer(options.out, members, [], options.job),
    };
  } finally {
    await container.close();
  }
}

/** What locators call the files of each member: those inside one that gathers files, else the member itself. */
async function evidenceNames(
  container: Container,
  members: readonly SignedMember[],
): Promise<ReadonlyMap<SignedMember, readonly string[]>> {
  const names = new Map<SignedMember, readonly string[]>();
  for (const member of members) {
    const gathered = member.content === 'evidence-bundle' ? await wholeMember(container, member) : null;
    names.set(
      member,
      gathered ? [...readEvidenceBundle(member.name, gathered)].map(({ name }) => name) : [member.name],
    );
  }
  return names;
}

interface KeptLines {
  /** Leaf indexes, ascending. */
  readonly indexes: readonly number[];
  /** Of all leaves; 32 bytes each. */
  readonly hashes: Buffer;
  readonly shards: readonly WritableMember[];
}

/** One pass over everything: the bundle is checked to the end, and what is kept is counted and hashed on the way. */
async function selectLines(
  container: Container,
  statement: Statement,
  keep: ReturnType<typeof parseKeep>,
  use: EvidenceUse<SignedMember>,
  job: JobContext,
): Promise<KeptLines> {
  const content = await openContent(container, statement);
  const hashes = createLeafHashes();
  const indexes: number[] = [];
  const shards = new Map(signedShardsOf(statement).map((shard) => [shard.name, keptShard(shard)]));
  try {
    for await (const batch of content.recordLines(job)) {
      for (const line of batch) {
        const record = parseRecordLine(line, container.file);
        const isKept = keep(record);
        use.note(record.prov, isKept);
        if (isKept) {
          indexes.push(hashes.leaves);
          shards.get(line.member)?.add(line.lineNumber, line.line);
        }
        hashes.append(line.line);
      }
    }
  } catch (error) {
    throw isRecordFailure(error) ? await content.explain(error) : error;
  }
  await content.finish(job);
  return {
    indexes,
    hashes: hashes.bytes(),
    shards: [...shards.values()].flatMap((shard) => shard.member(container)),
  };
}

const newline = Buffer.from('\n');

/** The kept lines of one shard, by line number; they are read again from the bundle when they are written. */
function keptShard(shard: SignedShard) {
  const lines: number[] = [];
  const digest = createHash('sha256');
  let bytes = 0;
  return {
    add(lineNumber: number, line: Buffer): void {
      lines.push(lineNumber);
      digest.update(line).update(newline);
      bytes += line.length + 1;
    },
    member(container: Container): readonly WritableMember[] {
      if (lines.length === 0) return [];
      const open = () => linesAgain(container, shard, lines);
      return [{ name: keptShardName(shard.shard), sha256: digest.digest('hex'), bytes, open }];
    },
  };
}

async function* linesAgain(container: Container, shard: SignedShard, lines: readonly number[]): AsyncGenerator<Buffer> {
  let next = 0;
  for await (const batch of splitLines(container.stream(shard.name), shard.shard.kind, shard.name, container.file)) {
    const kept: Buffer[] = [];
    for (const { line, lineNumber } of batch) {
      if (lineNumber !== lines[next]) continue;
      kept.push(line, newline);
      next += 1;
    }
    if (kept.length > 0) yield Buffer.concat(kept);
  }
}

function describe(
  { keep, evidence: evidenceRule, by, now }: RedactOptions,
  statement: Statement,
  { indexes, hashes }: KeptLines,
  evidence: Redaction['evidence'],
): Redaction {
  const { merkle } = statement.predicate;
  return {
    format: redactionFormat,
    redactedAt: toInstant(now),
    redactedBy: by,
    keep: [...keep],
    evidenceRule,
    records: kindRanges(statement).map(({ kind, first, end }) => ({
      kind,
      total: end - first,
      shown: indexes.filter((index) => index >= first && index < end).length,
    })),
    evidence,
    tree: { size: merkle.leaves, root: merkle.root },
    runs: runsOf(indexes),
    nodes: nodesToHex(createMultiproof(hashes, indexes).nodes),
  };
}

function runsOf(indexes: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const index of indexes) {
    const last = runs.at(-1);
    if (last && index === last[0] + last[1]) last[1] += 1;
    else runs.push([index, 1]);
  }
  return runs;
}

const wholeFile = (name: string, bytes: Buffer): WritableMember => ({
  name,
  sha256: sha256Hex(bytes),
  bytes: bytes.length,
  open: () => Readable.from([bytes]),
});

const copied = (container: Container, { name, sha256 }: SignedMember): WritableMember => ({
  name,
  sha256,
  bytes: container.members.get(name)?.bytes ?? 0,
  open: () => container.stream(name),
});

function refuseNothing({ keep }: RedactOptions, { predicate }: Statement): never {
  return raise(
    'input',
    'redact.nothing_kept',
    `None of the ${predicate.merkle.leaves} records fits ${keep.map((one) => `"${one}"`).join(' or ')}; nothing was written. To show that a record is absent, use assay snapshot prove --absent.`,
    { keep },
  );
}

function refuseSameFile({ file, out }: RedactOptions): void {
  if (realPath(file) === realPath(out))
    raise('usage', 'redact.same_file', 'The redacted snapshot would replace the whole one; name another file.', {
      out,
    });
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // Not there yet: no file can be replaced.
    return `new:${path}`;
  }
}
