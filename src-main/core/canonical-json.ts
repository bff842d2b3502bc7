/** RFC 8785 (JCS) canonical JSON and the digests that are taken over it. */
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CanonicalRecord } from '../../src-shared/domain/record.ts';

/** JCS text of a JSON value. Throws on what JSON cannot say (NaN, Infinity, undefined, functions). */
export function toJcs(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('value has no JSON form');
  return text;
}

/**
 * Whether `bytes` are the JCS text of the value that was parsed from them, with `end` behind it. False also where JSON.parse
 * accepts what has no JCS form, such as half of a surrogate pair.
 */
export function isJcs(value: unknown, bytes: Uint8Array, end = ''): boolean {
  try {
    return Buffer.from(toJcs(value) + end).equals(bytes);
  } catch {
    return false;
  }
}

export const sha256Hex = (bytes: string | Uint8Array): string => hash('sha256', bytes, 'hex');

/** One record line without its newline: JCS of {kind,id,body,prov}; its bytes are the Merkle leaf (decisions.md 1). */
export const recordLine = (record: CanonicalRecord): string =>
  toJcs({ kind: record.kind, id: record.id, body: record.body, prov: record.prov });

/** Digest that identifies a record's content from snapshot to snapshot: provenance is left out (decisions.md 1). */
export const bodyDigest = (record: Pick<CanonicalRecord, 'kind' | 'id' | 'body'>): string =>
  sha256Hex(toJcs({ kind: record.kind, id: record.id, body: record.body }));
