/**
 * The signed statement: in-toto Statement v1 with Assay's predicate, in canonical form (RFC 8785).
 *
 * Canonical form is demanded on reading too, so that every JSON reader sees the same statement in the signed bytes.
 */
import { z } from 'zod';
import { type Predicate, predicateType, type Statement, statementSchema } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { isJcs, toJcs } from '../canonical-json.ts';
import { checksumsMember, isSignatureFile, parseShardName, type Shard } from './names.ts';

export type MemberFile = Predicate['files'][number];

/** Media types of members, which also say how evidence is stored. */
export const mediaTypes = {
  records: 'application/x-ndjson',
  evidence: 'application/octet-stream',
  checksums: 'text/plain',
  /** Several evidence files, one JSON object a line (evidence-bundle.ts). */
  evidenceBundle: 'application/vnd.assay.evidence-bundle+ndjson',
} as const;

/** One member that the statement vouches for, directly or through the signed checksum list. */
export interface SignedMember {
  readonly name: string;
  readonly sha256: string;
  /** null: listed in the checksum list only, which states no size. */
  readonly bytes: number | null;
  readonly content: 'records' | 'evidence' | 'checksums' | 'evidence-bundle';
}

export interface SignedShard extends SignedMember {
  readonly shard: Shard;
  readonly records: number;
}

const announcedType = z.object({ predicateType: z.string() });

/** Parses the payload of a verified signature. Raises `trust` / `statement.*`. */
export function parseStatement(payload: Buffer): Statement {
  const text = payload.toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return refuseStatement('malformed', 'it is not JSON');
  }
  const announced = announcedType.safeParse(json);
  if (announced.success && announced.data.predicateType !== predicateType) {
    return refuseStatement('predicate_type', `its type "${announced.data.predicateType}" is unknown to this version`);
  }
  const parsed = statementSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuseStatement(
      'malformed',
      `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`,
    );
  }
  // Compares what was understood, not only what was read: a part that parsing left out was signed as well.
  if (!isJcs(parsed.data, payload)) return refuseStatement('not_canonical', 'it is not in canonical form (RFC 8785)');
  return parsed.data;
}

export const writeStatement = (statement: Statement): Buffer => Buffer.from(toJcs(statement));

/** Members named by subjects, each with its entry in `predicate.files`. Raises `trust` / `statement.*` where the two disagree. */
export function signedMembersOf(statement: Statement): readonly SignedMember[] {
  const { subject, predicate } = statement;
  const files = new Map(predicate.files.map((file) => [file.name, file]));
  const names = new Set(subject.map((entry) => entry.name));
  if (names.size !== subject.length || files.size !== predicate.files.length || files.size !== subject.length) {
    refuseStatement('file_list', 'its list of files does not match its list of subjects one to one');
  }
  return subject.map(({ name, digest }) => {
    const file = files.get(name);
    if (!file) return refuseStatement('file_list', `"${name}" has a digest and no entry in the list of files`);
    if (isSignatureFile(name))
      return refuseStatement('file_list', `"${name}" is a signature file and cannot sign itself`);
    return { name, sha256: digest.sha256, bytes: file.bytes, content: contentOf(file) };
  });
}

/** Record shards in record order, with consecutive numbers from 1 for each kind. */
export function signedShardsOf(statement: Statement): readonly SignedShard[] {
  const digests = new Map(statement.subject.map((entry) => [entry.name, entry.digest.sha256]));
  const next = new Map<string, number>();
  let lastKind = '';
  return statement.predicate.files.flatMap((file): SignedShard[] => {
    if (file.kind === 'evidence') return [];
    const shard = parseShardName(file.name);
    const expected = next.get(file.kind) ?? 1;
    if (!shard || shard.kind !== file.kind || shard.number !== expected || file.kind < lastKind) {
      refuseStatement('shard_order', `record shard "${file.name}" is out of order or has another kind than its name`);
    }
    next.set(file.kind, expected + 1);
    lastKind = file.kind;
    const sha256 = digests.get(file.name) ?? refuseStatement('file_list', `"${file.name}" has no digest`);
    return [{ name: file.name, sha256, bytes: file.bytes, content: 'records', shard, records: file.records }];
  });
}

function contentOf(file: MemberFile): SignedMember['content'] {
  if (file.kind !== 'evidence') return 'records';
  if (!file.name.startsWith('evidence/'))
    refuseStatement('file_list', `evidence "${file.name}" lies outside the evidence folder`);
  if (file.mediaType === mediaTypes.evidenceBundle) return 'evidence-bundle';
  return file.name === checksumsMember ? 'checksums' : 'evidence';
}

export function refuseStatement(code: string, why: string): never {
  return raise('trust', `statement.${code}`, `The signed statement cannot be used: ${why}. Nothing was imported.`, {
    reason: why,
  });
}
