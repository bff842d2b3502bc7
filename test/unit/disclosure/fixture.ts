/** Signed bundles with their proofs, and proofs with one thing changed. */
import { writeFileSync } from 'node:fs';
import { toJcs } from '../../../src-main/core/canonical-json.ts';
import { proveFromBundle } from '../../../src-main/core/disclosure/create-proof.ts';
import { type ProofOptions, verifyProof } from '../../../src-main/core/disclosure/verify-proof.ts';
import { silentJob } from '../../../src-main/core/ports.ts';
import type { ProofDocument } from '../../../src-shared/domain/disclosure.ts';
import { parseRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import type { TrustStore } from '../../../src-shared/domain/trust.ts';
import { now } from '../snapshot/fixture.ts';

export const refs = (...texts: readonly string[]): RecordRef[] =>
  texts.map((text) => {
    const ref = parseRef(text);
    if (!ref) throw new Error(`"${text}" is no reference`);
    return ref;
  });

export const prove = async (
  file: string,
  records: readonly string[],
  absent: readonly string[] = [],
): Promise<{ readonly bytes: Buffer; readonly proof: ProofDocument }> =>
  proveFromBundle(file, 'sample.assay', { records: refs(...records), absent: refs(...absent) }, silentJob);

export const optionsFor = (trust: TrustStore, more: Partial<ProofOptions> = {}): ProofOptions => ({
  trust,
  now,
  job: silentJob,
  wasImported: () => false,
  ...more,
});

export const verify = (bytes: Uint8Array, trust: TrustStore, more: Partial<ProofOptions> = {}) =>
  verifyProof(bytes, 'proof.json', optionsFor(trust, more));

/** The document as a forger would write it: canonical again, whatever was done to it. */
export const forged = (proof: ProofDocument, change: (draft: Draft) => void): Buffer => {
  const draft = structuredClone(proof) as unknown as Draft;
  change(draft);
  return Buffer.from(`${toJcs(draft)}\n`);
};

/** A document whose parts a test may set to anything. */
// biome-ignore lint/suspicious/noExplicitAny: a forger is not bound by types.
export type Draft = Record<string, any>;

/** A part of the payload inside one signature file, changed without signing again. */
export function withPayload(text: string, change: (payload: string) => string): string {
  const bundle = JSON.parse(text);
  const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
  bundle.dsseEnvelope.payload = Buffer.from(change(payload)).toString('base64');
  return JSON.stringify(bundle);
}

export const save = (path: string, bytes: Uint8Array): string => {
  writeFileSync(path, bytes);
  return path;
};
