/**
 * The content of a bundle against its signed statement: exactly the listed members, each with its digest, record counts and
 * the Merkle root. Members are streamed once, and the bytes that are hashed are the bytes that are handed out.
 */
import { createHash } from 'node:crypto';
import type { Statement } from '../../../src-shared/domain/snapshot.ts';
import { AssayError, raise } from '../../../src-shared/result.ts';
import type { JobContext } from '../ports.ts';
import { parseChecksums } from './checksums.ts';
import { type EvidenceFile, readEvidenceBundle } from './evidence-bundle.ts';
import { createMerkleTree } from './merkle.ts';
import { isSignatureFile } from './names.ts';
import { throttled } from './progress.ts';
import type { Container } from './read.ts';
import { isRecordFailure, orderChecker, type RecordLine, splitLines } from './record-lines.ts';
import { type SignedMember, type SignedShard, signedMembersOf, signedShardsOf } from './statement.ts';

export interface ContentReader {
  recordLines(job: JobContext): AsyncGenerator<readonly RecordLine[]>;
  evidence(): AsyncGenerator<EvidenceFile>;
  /** Reads what was not read yet; raises `trust` / `content.*` unless everything agrees. Returns the number of members. */
  finish(job: JobContext): Promise<number>;
  /** A failure while parsing may be the trace of tampering: the trust failure if the member's digest differs, else the error itself. */
  explain(error: unknown): Promise<unknown>;
}

/** Checks that container and statement name the same members. Raises `trust` / `content.*`. */
export async function openContent(container: Container, statement: Statement): Promise<ContentReader> {
  const shards = signedShardsOf(statement);
  const listed = await signedMembers(container, signedMembersOf(statement));
  checkMemberNames(container, listed);
  return createReader(container, statement, shards, listed);
}

/** Every member that the statement vouches for, also those that only its signed checksum list names. */
export async function signedMembers(
  container: Container,
  subjects: readonly SignedMember[],
): Promise<readonly SignedMember[]> {
  const checksums = subjects.find((member) => member.content === 'checksums');
  if (!checksums) return subjects;
  const bytes = await wholeMember(container, checksums);
  return [...subjects, ...parseChecksums(bytes, new Set(subjects.map((member) => member.name)))];
}

function checkMemberNames(container: Container, listed: readonly SignedMember[]): void {
  const names = new Set(listed.map((member) => member.name));
  for (const name of container.members.keys()) {
    if (!names.has(name) && !isSignatureFile(name))
      refuseContent(container, 'unlisted_member', name, 'is not in the signed list');
  }
  for (const member of listed) {
    const present = container.members.get(member.name);
    if (!present)
      refuseContent(container, 'missing_member', member.name, 'is in the signed list and not in the bundle');
    else if (member.bytes !== null && present.bytes !== member.bytes) {
      refuseContent(container, 'digest', member.name, `has ${present.bytes} bytes where ${member.bytes} were signed`);
    }
  }
}

function createReader(
  container: Container,
  statement: Statement,
  shards: readonly SignedShard[],
  listed: readonly SignedMember[],
): ContentReader {
  const { merkle } = statement.predicate;
  const tree = createMerkleTree();
  const unread = new Set(listed.filter((member) => member.content !== 'checksums').map((member) => member.name));
  const total = shards.reduce((sum, shard) => sum + shard.records, 0);
  let recordsStarted = false;

  async function* recordLines(job: JobContext): AsyncGenerator<readonly RecordLine[]> {
    if (recordsStarted) throw new Error('the records of a snapshot are streamed once');
    recordsStarted = true;
    const checkOrder = orderChecker(container.file);
    const progress = throttled(job);
    for (const shard of shards) {
      for await (const batch of shardLines(container, shard)) {
        job.throwIfCancelled();
        for (const line of batch) {
          checkOrder(line);
          tree.append(line.line);
        }
        progress({ phase: 'Reading records', done: tree.leaves, total, unit: 'records' });
        yield batch;
      }
      unread.delete(shard.name);
    }
  }

  async function* evidence(): AsyncGenerator<EvidenceFile> {
    for (const member of listed) {
      if (member.content !== 'evidence' && member.content !== 'evidence-bundle') continue;
      const bytes = await wholeMember(container, member);
      unread.delete(member.name);
      if (member.content === 'evidence') yield { name: member.name, bytes, sha256: member.sha256 };
      else yield* readEvidenceBundle(member.name, bytes);
    }
  }

  async function readRest(job: JobContext): Promise<void> {
    if (!recordsStarted) await drain(recordLines(job));
    const rest = listed.filter((member) => member.content !== 'records' && unread.has(member.name));
    const progress = throttled(job);
    for (const [index, member] of rest.entries()) {
      job.throwIfCancelled();
      await drain(signedBytes(container, member));
      unread.delete(member.name);
      progress({ phase: 'Checking evidence', done: index + 1, total: rest.length, unit: 'files' });
    }
  }

  return {
    recordLines,
    evidence,
    async finish(job) {
      try {
        await readRest(job);
      } catch (error) {
        throw await explain(error);
      }
      if (unread.size > 0) throw new Error('a snapshot is finished only after its records were read to the end');
      if (tree.leaves !== merkle.leaves) {
        refuseContent(
          container,
          'record_count',
          'records',
          `hold ${tree.leaves} records where ${merkle.leaves} were signed`,
        );
      }
      if (tree.root().toString('hex') !== merkle.root)
        refuseContent(container, 'merkle_root', 'records', 'give another Merkle root than was signed');
      return listed.length;
    },
    explain,
  };

  async function explain(error: unknown): Promise<unknown> {
    const name =
      error instanceof AssayError && error.failure.kind === 'input' ? error.failure.details['member'] : undefined;
    const member = listed.find((candidate) => candidate.name === name);
    if (!member) return error;
    try {
      await drain(signedBytes(container, member));
      return error;
    } catch (trustFailure) {
      return trustFailure;
    }
  }
}

/** Lines of one shard; a malformed line in a shard whose digest is wrong is reported as what it is, tampering. */
async function* shardLines(container: Container, shard: SignedShard): AsyncGenerator<readonly RecordLine[]> {
  const chunks = signedBytes(container, shard);
  let records = 0;
  try {
    for await (const batch of splitLines(keepOpen(chunks), shard.shard.kind, shard.name, container.file)) {
      records += batch.length;
      yield batch;
    }
  } catch (error) {
    if (isRecordFailure(error)) await drain(chunks);
    throw error;
  } finally {
    await chunks.return(undefined);
  }
  if (records !== shard.records) {
    refuseContent(container, 'record_count', shard.name, `holds ${records} records where ${shard.records} were signed`);
  }
}

/** Passes chunks on without closing the source when the reader stops early. */
async function* keepOpen(source: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
}

/** A member's bytes, hashed as they pass; raises `trust` / `content.digest` or `content.damaged` when they are not the signed ones. */
export async function* signedBytes(container: Container, member: SignedMember): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  try {
    for await (const chunk of container.stream(member.name)) {
      digest.update(chunk);
      yield chunk;
    }
  } catch (error) {
    if (isDamage(error))
      refuseContent(
        container,
        'damaged',
        member.name,
        `cannot be read back as it was signed: ${error.failure.details['reason']}`,
      );
    throw error;
  }
  if (digest.digest('hex') !== member.sha256)
    refuseContent(container, 'digest', member.name, 'has another digest than was signed');
}

/** The container could not give back this member's data: for a signed member that means changed content. */
const isDamage = (error: unknown): error is AssayError =>
  error instanceof AssayError && ['container.member_damaged', 'container.header_mismatch'].includes(error.failure.code);

export async function wholeMember(container: Container, member: SignedMember): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of signedBytes(container, member)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  for await (const item of items) void item;
}

export function refuseContent(container: Container, code: string, member: string, why: string): never {
  return raise(
    'trust',
    `content.${code}`,
    `${container.file} is not what was signed: ${member} ${why}. Nothing was imported; ask the publisher for the original file.`,
    {
      file: container.file,
      member,
      reason: why,
    },
  );
}
