/** Is what a proof or a redacted snapshot shows really in the signed snapshot, and whose signature is it? */

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { raise } from '../../../src-shared/result.ts';
import { maxProofBytes } from '../disclosure/proof-file.ts';
import { trustingOneKey, withoutTrustStore } from '../disclosure/single-key.ts';
import { type ProofOptions, verifyProof, verifyRedacted } from '../disclosure/verify-proof.ts';
import { newestCreatedAt } from '../ingest/effective-clock.ts';
import { storedStatements } from '../store/proof-queries.ts';
import type { EngineContext, Handler } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';
import { publicKeyOf } from './read-signing-keys.ts';
import { namedTrust } from './read-trust.ts';

export const proofVerify: Handler<'proof.verify'> = async (context, input, job) => {
  const path = context.grants.resolve(input.file);
  const file = basename(path);
  const whom = believed(context, input);
  const reader = context.hasWorkspace ? context.workspace().reader : null;
  const newest = reader ? newestCreatedAt(reader) : null;
  const options: ProofOptions = {
    trust: whom.trust,
    now: context.clock.now(),
    job,
    wasImported: (statementSha256) => reader !== null && storedStatements(reader).has(statementSha256),
    ...(newest ? { newestCreatedAt: newest } : {}),
    ...(input.threshold ? { threshold: input.threshold } : {}),
  };
  const answer = isContainer(path)
    ? await verifyRedacted(path, file, options)
    : await verifyProof(readBoundedFile(path, 'proof', maxProofBytes), file, options);
  return { ...answer, judgedBy: whom.text, ...(input.key ? withoutTrustStore(answer) : {}) };
};

function believed(context: EngineContext, input: ParsedInputOf<'proof.verify'>) {
  if (!input.key) {
    const { trust, source } = namedTrust(context, input);
    return { trust, text: source.text };
  }
  if (input.trust) raise('usage', 'proof.two_trusts', 'Name one key or one trust store, not both.');
  const name = basename(context.grants.resolve(input.key));
  const key = publicKeyOf(context, input.key);
  return {
    trust: trustingOneKey(key, name, context.clock.now()),
    text: `Judged by the one key in ${name}, fingerprint ${key.fingerprint}; its scope and validity are not known here.`,
  };
}

/** A folder or a ZIP file is a snapshot, anything else is read as a proof. */
function isContainer(path: string): boolean {
  try {
    const info = statSync(path);
    if (!info.isFile()) return info.isDirectory();
    const handle = openSync(path, 'r');
    try {
      const start = Buffer.alloc(4);
      return readSync(handle, start, 0, 4, 0) === 4 && start.readUInt32LE(0) === 0x04034b50;
    } finally {
      closeSync(handle);
    }
  } catch {
    // Reading it in earnest says what is wrong with it.
    return false;
  }
}
