/**
 * A path from a signer's certificate to an authority that the person named (RFC 5280 section 6, the parts that can be judged
 * offline and without policies; what is not evaluated refuses a certificate instead of being passed over).
 *
 * Stricter than the RFC where that is simpler: authorities that a person names are held to the same rules as the others, and
 * pathLenConstraint counts self-issued certificates too.
 */
import { allowsCodeSigning, mayIssue, type ParsedCertificate } from './parsed-certificate.ts';

/** Certificates in one path, from the signer's to the authority's. */
const mostSteps = 8;
const fewestRsaBits = 2048;

export type CertificatePath =
  | { readonly path: readonly ParsedCertificate[] }
  /** `obstacle`: why the issuer that was met first does not count; null: none was met. */
  | { readonly path: null; readonly obstacle: string | null };

/**
 * The shortest path from `leaf` through `others` to one of `authorities`, all valid at `at`. A self-signed leaf that
 * is one of the authorities, byte for byte, is its own path.
 *
 * Breadth first and each certificate once, so that cross-certified authorities end: everything that is asked of an issuer gets
 * harder with its distance from the leaf, so a longer way to the same certificate finds nothing that the first did not.
 */
export function findPath(
  leaf: ParsedCertificate,
  others: readonly ParsedCertificate[],
  authorities: readonly ParsedCertificate[],
  at: Date,
): CertificatePath {
  const trusted = new Set(authorities.map(({ fingerprint }) => fingerprint));
  if (trusted.has(leaf.fingerprint) && isSignedBy(leaf, leaf)) return { path: [leaf] };
  const visited = new Set([leaf.fingerprint]);
  const paths: (readonly ParsedCertificate[])[] = [[leaf]];
  let obstacle: string | null = null;
  for (const path of paths) {
    const child = path.at(-1) ?? leaf;
    for (const issuer of path.length < mostSteps ? [...authorities, ...others] : []) {
      if (visited.has(issuer.fingerprint) || !child.x509.checkIssued(issuer.x509)) continue;
      const problem = problemOf(issuer, child, path.length - 1, at);
      if (problem !== null) {
        obstacle ??= `${issuer.subject}: ${problem}`;
        continue;
      }
      visited.add(issuer.fingerprint);
      if (trusted.has(issuer.fingerprint)) return { path: [...path, issuer] };
      paths.push([...path, issuer]);
    }
  }
  return { path: null, obstacle };
}

/** Why `issuer` may not vouch for `child`, with `below` authorities between it and the signer; null: it does. */
function problemOf(issuer: ParsedCertificate, child: ParsedCertificate, below: number, at: Date): string | null {
  if (issuer.defect !== null) return issuer.defect;
  if (!mayIssue(issuer)) return 'it may not issue certificates';
  if (issuer.pathLength !== null && issuer.pathLength < below)
    return `it allows ${issuer.pathLength} authorities below it, and there are ${below}`;
  if (!allowsCodeSigning(issuer)) return 'it is not meant for signers of code';
  if (!(issuer.notBefore <= at && at <= issuer.notAfter))
    return 'it was not valid when the certificate of the signer began';
  if (!child.stronglySigned) return 'what it issued is signed over a hash that is not accepted';
  return isSignedBy(child, issuer) ? null : 'its key did not sign what bears its name';
}

function isSignedBy(child: ParsedCertificate, issuer: ParsedCertificate): boolean {
  try {
    const { publicKey } = issuer.x509;
    const bits = publicKey.asymmetricKeyDetails?.modulusLength;
    return (bits === undefined || bits >= fewestRsaBits) && child.x509.verify(publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know.
    return false;
  }
}
