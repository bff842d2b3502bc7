/**
 * Packs and signs the folder that `collect` left: exactly that content, one statement, one signature file per key.
 *
 * The chain of a registry continues from a previous bundle: same registry and role, next sequence number, and the digest of
 * the statement before it.
 */
import { type KeyObject, randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { z } from 'zod';
import type { packOutput } from '../../../src-shared/contract/schemas/snapshots.ts';
import { type Predicate, predicateType, type Statement } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { signModel } from '../artifact/sign-model.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { Identities } from '../encryption/age-source.ts';
import { type JobContext, toInstant } from '../ports.ts';
import { writeBundle } from '../trust/bundle.ts';
import { describePublicKey, keyIdHex } from '../trust/keys.ts';
import { limits } from './limits.ts';
import { coSignatureFolder, coSignatureName, modelSignatureMember, signatureMember } from './names.ts';
import { packEvidence } from './pack-evidence.ts';
import { packRecords } from './pack-records.ts';
import { type PackSource, readPackSource, refusePack } from './pack-source.ts';
import { parseStatement, writeStatement } from './statement.ts';
import { inspectSnapshot } from './verify.ts';
import { type WritableMember, writeContainer } from './zip-write.ts';

export interface PackOptions {
  /** Unpacked snapshot (decisions.md 18). */
  readonly folder: string;
  readonly out: string;
  /** The first signs `snapshot.sigstore.json`, each further one a co-signature. All distinct. */
  readonly privateKeys: readonly KeyObject[];
  /** Bundle that this one follows. */
  readonly previousPath?: string;
  /** Default: one after the previous, or 1. */
  readonly sequence?: number;
  readonly expiresAt?: string;
  /** Adds `model.sig`, which OpenSSF model-signing tools check on the unpacked bundle. */
  readonly modelSigning?: boolean;
  readonly snapshotId?: string;
  readonly now: Date;
  /** Default: the collector that collection.json names. */
  readonly collector?: Predicate['collector'];
  /** age recipients: the bundle is encrypted to them, its signature inside. Default: not encrypted. */
  readonly recipients?: readonly string[];
  /** Open `previousPath` where that is encrypted. */
  readonly identities?: Identities;
  readonly job: JobContext;
}

export type PackedSnapshot = z.infer<typeof packOutput>;

/** Raises `usage` / `pack.*` for contradicting options, `input` for bad records or files; `out` is replaced only on success. */
export async function packSnapshot(options: PackOptions): Promise<PackedSnapshot> {
  const keyIds = distinctKeyIds(options.privateKeys);
  const recipients = await recipientsOf(options);
  const source = await readPackSource(options.folder);
  const chain = await continueChain(options, source);
  const records = await packRecords(source, options.job);
  const signatureNames = keyIds.map((keyId, index) =>
    index === 0 ? signatureMember : coSignatureName(keyIdHex(keyId)),
  );
  const companionName = options.modelSigning ? [modelSignatureMember] : [];
  const others = [...signatureNames, ...companionName, ...records.members.map((member) => member.name)];
  const evidence = await packEvidence(source, others, records.files.length);
  const files = [...records.files, ...evidence.files];
  if (files.length === 0)
    refusePack('empty', options.folder, 'it holds neither records nor evidence, so there is nothing to sign');

  const { collection } = source;
  const content = [...records.members, ...evidence.members];
  const digests = new Map(content.map((member) => [member.name, member.sha256]));
  const statement: Statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: files.map(({ name }) => ({ name, digest: { sha256: digests.get(name) ?? '' } })),
    predicateType,
    predicate: {
      schemaVersion: 1,
      registry: collection.registry,
      role: collection.role,
      snapshotId: options.snapshotId ?? randomUUID(),
      ...chain,
      createdAt: toInstant(options.now),
      ...(options.expiresAt === undefined ? {} : { expiresAt: options.expiresAt }),
      collector: options.collector ?? collection.collector,
      ...(collection.answers ? { answers: collection.answers } : {}),
      sources: collection.sources,
      files,
      merkle: records.merkle,
    },
  };
  const payload = writeStatement(statement);
  parseStatement(payload);
  const signatures = options.privateKeys.map((key, index) =>
    signatureFile(signatureNames[index] ?? signatureMember, writeBundle(payload, key)),
  );
  const companion = companionName.map((name) => signatureFile(name, companionOf(options, digests)));
  return {
    statementSha256: sha256Hex(payload),
    sequence: chain.sequence,
    records: records.merkle.leaves,
    merkleRoot: records.merkle.root,
    bytes: await writeContainer(options.out, [...signatures, ...companion, ...content], recipients, options.job),
    keyIds,
    recipients: recipients.length,
  };
}

/** `model.sig` by the first key over all members; co-signatures that come later must not spoil it. */
function companionOf({ privateKeys: [key], out }: PackOptions, files: ReadonlyMap<string, string>): Buffer {
  if (!key) throw new Error('packing without a key got past its check');
  const ignored = [modelSignatureMember, signatureMember, coSignatureFolder];
  return signModel({ name: basename(out), files, ignored }, key);
}

async function recipientsOf({ recipients = [] }: PackOptions): Promise<readonly string[]> {
  if (recipients.length === 0) return [];
  const { checkRecipients } = await import('../encryption/recipients.ts');
  return checkRecipients(recipients);
}

function distinctKeyIds(keys: readonly KeyObject[]): string[] {
  const keyIds = keys.map((key) => describePublicKey(key).keyId);
  if (keyIds.length === 0) raise('usage', 'pack.no_key', 'A snapshot needs at least one private key to sign it.');
  if (new Set(keyIds).size !== keyIds.length)
    raise('usage', 'pack.same_key', 'The same key was given twice; a threshold counts distinct keys.');
  return keyIds;
}

async function continueChain(
  options: PackOptions,
  { collection }: PackSource,
): Promise<Pick<Predicate, 'sequence' | 'previous'>> {
  checkExpiry(options);
  if (options.previousPath === undefined) return { sequence: checkSequence(options.sequence ?? 1) };
  const { predicate, statementSha256 } = await inspectSnapshot(options.previousPath, options.job, options.identities);
  const file = options.previousPath;
  if (collection.answers || predicate.answers) {
    raise(
      'usage',
      'pack.answer_in_chain',
      'An answer to a request stands in no chain of snapshots: leave the previous bundle out, and continue a chain from a whole snapshot only.',
      { file },
    );
  }
  if (predicate.registry.id !== collection.registry.id) {
    raise(
      'input',
      'pack.other_registry',
      `${file} belongs to registry ${predicate.registry.id}, this collection to ${collection.registry.id}; one chain is one registry.`,
      { file },
    );
  }
  if (predicate.role !== collection.role) {
    raise(
      'input',
      'pack.other_role',
      `${file} is a ${predicate.role} snapshot, this collection is for ${collection.role}; one chain has one role.`,
      { file },
    );
  }
  const sequence = checkSequence(predicate.sequence + 1);
  if (options.sequence !== undefined && options.sequence !== sequence) {
    raise(
      'usage',
      'pack.sequence',
      `After ${file} the sequence number is ${sequence}, not ${options.sequence}; leave the number out.`,
      { sequence },
    );
  }
  return { sequence, previous: { sequence: predicate.sequence, statementSha256 } };
}

function checkSequence(sequence: number): number {
  if (Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
  return raise('usage', 'pack.sequence', `${sequence} cannot be a sequence number; use a whole number from 0 up.`, {
    sequence,
  });
}

function checkExpiry({ expiresAt, now }: PackOptions): void {
  if (expiresAt === undefined) return;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(expiresAt) || !(Date.parse(expiresAt) > now.getTime())) {
    raise(
      'usage',
      'pack.expiry',
      `"${expiresAt}" cannot be an expiry: give a later moment in UTC, e.g. 2027-06-30T00:00:00Z.`,
      { expiresAt },
    );
  }
}

function signatureFile(name: string, bytes: Buffer): WritableMember {
  if (bytes.length > limits.signatureBytes) {
    raise(
      'input',
      'pack.statement_too_large',
      'The signed statement would be larger than 1 MiB; collect fewer sources or files at a time.',
    );
  }
  return { name, sha256: sha256Hex(bytes), bytes: bytes.length, open: () => Readable.from([bytes]) };
}
