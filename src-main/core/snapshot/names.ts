/**
 * Names of members: which are allowed, and which mean what.
 *
 * A name is data from somebody else that could become a path on any system: it must mean the same everywhere.
 */
import { type Kind, kindSchema } from '../../../src-shared/domain/dictionary.ts';
import { limits } from './limits.ts';

export const signatureMember = 'snapshot.sigstore.json';
/** OpenSSF Model Signing companion over the same members; foreign tools read it, Assay's verdict does not depend on it. */
export const modelSignatureMember = 'model.sig';
export const checksumsMember = 'evidence/SHA256SUMS';

export const coSignatureFolder = 'signatures';
const coSignaturePattern = /^signatures\/[0-9a-f]{64}\.sigstore\.json$/;
const shardPattern = /^records\/([a-z_]+)-([0-9]{4})\.ndjson$/;
const bundlePattern = /^evidence\/bundle-[0-9]{4}\.ndjson$/;

export const coSignatureName = (keyIdHex: string): string => `signatures/${keyIdHex}.sigstore.json`;
export const shardName = (kind: Kind, number: number): string =>
  `records/${kind}-${String(number).padStart(4, '0')}.ndjson`;
export const evidenceBundleName = (number: number): string =>
  `evidence/bundle-${String(number).padStart(4, '0')}.ndjson`;

export const isCoSignature = (name: string): boolean => coSignaturePattern.test(name);
/** The only members that are not subjects of the statement (decisions.md 6). */
export const isSignatureFile = (name: string): boolean =>
  name === signatureMember || name === modelSignatureMember || isCoSignature(name);

/** Evidence names that the packer makes itself. */
export const isReservedEvidence = (name: string): boolean => name === checksumsMember || bundlePattern.test(name);

export interface Shard {
  readonly kind: Kind;
  readonly number: number;
}

/** Kind and number of a record shard's name, or null for any other name. */
export function parseShardName(name: string): Shard | null {
  const match = shardPattern.exec(name);
  const kind = kindSchema.safeParse(match?.[1]);
  return match && kind.success ? { kind: kind.data, number: Number(match[2]) } : null;
}

/** Record order over shards: kind as UTF-8 bytes, then number. Kinds are ASCII, so code units compare alike. */
export function compareShards(a: Shard, b: Shard): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.number - b.number;
}

/** Why a member may not have this name, or null. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'empty name';
  if (Buffer.byteLength(name) > limits.nameBytes) return `name longer than ${limits.nameBytes} bytes`;
  if (!name.isWellFormed() || name.includes('\uFFFD')) return 'not valid UTF-8';
  if (/\p{Cc}/u.test(name)) return 'control character';
  if (name.includes('\\')) return 'backslash';
  if (name.startsWith('/')) return 'absolute path';
  if (/^[A-Za-z]:/.test(name)) return 'drive letter';
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..'))
    return 'empty, "." or ".." path segment';
  if (name.normalize('NFC') !== name) return 'not in Unicode normal form C';
  return null;
}

/**
 * Two names that some file system would take for one have the same fold. Lower case alone keeps apart what upper case joins
 * (final and other sigma, long s, sharp s) and the other way round, so the name goes through both.
 */
export const foldName = (name: string): string =>
  name.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
