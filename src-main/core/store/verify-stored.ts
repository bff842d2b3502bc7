/**
 * Is what is stored still what was signed? The check of an import once more, from the store alone.
 *
 * A record's Merkle leaf is put together from its stored body and provenance text, byte for byte as it was imported, so the
 * root over all leaves in (kind, id) order (RFC 6962 section 2.1) must be the one in the signed statement. The statement in
 * turn must have its digest and carry a signature that verifies. Linear in the records; holds one page of rows at a time.
 */
import { inTotoPayloadType } from '../../../src-shared/domain/snapshot.ts';
import { verificationSchema } from '../../../src-shared/domain/trust.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { JobContext } from '../ports.ts';
import type { EvidenceIntact } from '../record-set.ts';
import { createMerkleTree } from '../snapshot/merkle.ts';
import { parseStatement } from '../snapshot/statement.ts';
import { readBundle, type SignatureBundle } from '../trust/bundle.ts';
import { verifyDsse } from '../trust/dsse.ts';
import { publisherKeyFromRaw } from '../trust/keys.ts';
import type { ReadableDb } from './database.ts';
import { eq } from './drizzle.ts';
import { snapshotSignature, snapshot as snapshotTable } from './schema.ts';
import { storedLines } from './stored-lines.ts';
import { findTrustedKey } from './trust-queries.ts';

/**
 * Compares a stored snapshot with its signed statement. `altered` says what differs; `unknown` that no key is at hand that could
 * confirm the signature. Raises only `cancelled` and what is no statement about the evidence (a busy store, a failing disk).
 */
export async function verifyStoredSnapshot(db: ReadableDb, snapshot: number, job: JobContext): Promise<EvidenceIntact> {
  try {
    const row = db.orm.select().from(snapshotTable).where(eq(snapshotTable.snapshot, snapshot)).get();
    if (!row) return { state: 'unknown', reason: `there is no snapshot ${snapshot} in this workspace` };
    if (sha256Hex(row.statement) !== row.statementSha256) {
      return altered(snapshot, 'its signed statement no longer has the digest it was imported under');
    }
    const { merkle } = parseStatement(row.statement).predicate;
    const content = await rootOfStored(db, snapshot, merkle.leaves, job);
    if (content.leaves !== merkle.leaves) {
      return altered(snapshot, `it holds ${content.leaves} records and ${merkle.leaves} were signed`);
    }
    if (content.root !== merkle.root) {
      return altered(snapshot, 'its records no longer have the Merkle root that was signed');
    }
    return judgeSignatures(db, snapshot, row.statement, row.verification);
  } catch (error) {
    if (isDamage(error)) return altered(snapshot, 'a stored record of it can no longer be read as it was imported');
    throw error;
  }
}

const altered = (snapshot: number, why: string): EvidenceIntact => ({
  state: 'altered',
  reason: `snapshot ${snapshot}: ${why}`,
});

/** Evidence that is no longer what it was: a refused read, a frame that does not inflate, text that is no JSON any more. */
function isDamage(error: unknown): boolean {
  if (error instanceof AssayError) return error.failure.kind === 'trust';
  if (error instanceof SyntaxError) return true;
  return (
    error instanceof Error &&
    'code' in error &&
    /^(ZSTD_|Z_|ERR_BUFFER_TOO_LARGE|SQLITE_CORRUPT|SQLITE_NOTADB)/.test(String(error.code))
  );
}

/** The Merkle root over the stored lines. */
async function rootOfStored(
  db: ReadableDb,
  snapshot: number,
  total: number,
  job: JobContext,
): Promise<{ readonly root: string; readonly leaves: number }> {
  const tree = createMerkleTree();
  for await (const page of storedLines(db, snapshot, job)) {
    for (const { line } of page) tree.append(line);
    job.report({ phase: 'Verifying stored evidence', done: tree.leaves, total, unit: 'records' });
  }
  return { root: tree.root().toString('hex'), leaves: tree.leaves };
}

/** At least one accepted signer's stored signature must verify over the stored statement. */
function judgeSignatures(db: ReadableDb, snapshot: number, statement: Buffer, verification: string): EvidenceIntact {
  const stored = db.orm.select().from(snapshotSignature).where(eq(snapshotSignature.snapshot, snapshot)).all();
  if (stored.length === 0) return altered(snapshot, 'its signatures are gone');
  const parsed = verificationSchema.safeParse(JSON.parse(verification));
  if (!parsed.success) return altered(snapshot, 'what its verification said can no longer be read');
  const accepted = new Set(parsed.data.signer.signers.filter(({ trusted }) => trusted).map(({ keyId }) => keyId));
  const answers = stored.map(({ member, bytes }) => verifies(db, readBundle(member, bytes), statement, accepted));
  if (answers.includes(true)) {
    return { state: 'intact', reason: 'the stored records have the Merkle root that was signed' };
  }
  if (answers.includes(false)) return altered(snapshot, 'none of its signatures verifies over its statement');
  return { state: 'unknown', reason: 'the key that signed is not in the trust store' };
}

/** Null when no trusted key of that name is stored, or import did not accept its signature. */
function verifies(
  db: ReadableDb,
  bundle: SignatureBundle,
  statement: Buffer,
  accepted: ReadonlySet<string>,
): boolean | null {
  if (!bundle.payload.equals(statement)) return false;
  const trusted = accepted.has(bundle.keyId) ? findTrustedKey(db, bundle.keyId) : null;
  if (!trusted) return null;
  const { key, keyId } = publisherKeyFromRaw(trusted.rawBytes);
  return keyId === bundle.keyId && verifyDsse(inTotoPayloadType, statement, bundle.signature, key);
}
