/**
 * What trusted keys really signed in a bundle, whether or not the bundle as a whole is accepted.
 *
 * A refused bundle is worth remembering only as far as this goes: a stranger can put anything into a file, a genuine signature
 * of a known publisher is a fact.
 */
import type { Statement } from '../../../src-shared/domain/snapshot.ts';
import type { TrustedKey, TrustStore } from '../../../src-shared/domain/trust.ts';
import { AssayError } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import type { SignatureBundle } from '../trust/bundle.ts';
import { checkSignatures, genuineKeysOf } from '../trust/verify-signatures.ts';
import { parseStatement } from './statement.ts';

export interface GenuineStatement {
  readonly statement: Statement;
  /** SHA-256 of the signed payload, hex. */
  readonly statementSha256: string;
  /** Trusted keys with a genuine signature over it, in scope or not, revoked or not. */
  readonly keys: readonly TrustedKey[];
}

/** Each statement once, in the order of the signature files; what is no snapshot statement is left out. */
export function genuineStatements(bundles: readonly SignatureBundle[], trust: TrustStore): readonly GenuineStatement[] {
  const byDigest = Map.groupBy(bundles, (bundle) => sha256Hex(bundle.payload));
  return [...byDigest].flatMap(([statementSha256, signatures]): GenuineStatement[] => {
    const keys = genuineKeysOf(checkSignatures(signatures, trust));
    const [first] = signatures;
    const statement = first && keys.length > 0 ? snapshotStatement(first.payload) : null;
    return statement ? [{ statement, statementSha256, keys }] : [];
  });
}

function snapshotStatement(payload: Buffer): Statement | null {
  try {
    const statement = parseStatement(payload);
    // An answer to a request stands in no chain, so it says nothing about one.
    return statement.predicate.answers ? null : statement;
  } catch (error) {
    if (error instanceof AssayError) return null;
    throw error;
  }
}
