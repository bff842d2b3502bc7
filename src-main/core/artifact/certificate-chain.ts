/**
 * The certificate of an artifact's signer: whether it leads to an authority that the person named and is meant for signing.
 *
 * No trusted time comes with such a signature, so the path is judged at the moment the signer's certificate began, as the
 * OpenSSF model-signing library does; what that leaves open is said in the line about time. Revocation lists are not at hand.
 */
import { raise } from '../../../src-shared/result.ts';
import { type ArtifactKey, describeArtifactKey } from './artifact-key.ts';
import { findPath } from './certificate-path.ts';
import {
  allowsCodeSigning,
  codeSigning,
  mayIssue,
  maySignData,
  oneLine,
  type ParsedCertificate,
  parseCertificate,
} from './parsed-certificate.ts';

export interface SigningCertificate {
  readonly key: ArtifactKey;
  /** Subject with the alternative names, in one line. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject of the authority that the path ends at; null: no path, or the certificate is self-signed and was itself named. */
  readonly authority: string | null;
  /** Why the certificate is not accepted, or null. */
  readonly refusal: string | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A short-lived certificate of a keyless signature: who signed is only known together with a transparency log. */
  readonly keyless: boolean;
}

/** Sigstore's own extensions: the identity provider that vouched for a keyless signer. */
const fulcioArc = '1.3.6.1.4.1.57264.1.';

/** Certificates of a PEM file as DER. Raises `input` / `certificate.unreadable`. */
export function readAuthorities(pem: string, file: string): readonly Buffer[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => parseCertificate(derOf(block)).x509.raw);
  } catch {
    // Falls through to the one refusal.
  }
  return raise('input', 'certificate.unreadable', `${file} holds no certificate in PEM form. Nothing was checked.`, {
    file,
  });
}

const derOf = (block: string): Buffer => Buffer.from(block.replaceAll(/-----[A-Z ]+-----/g, ''), 'base64');

/** Judges `chain` (DER, the signer's first) against `authorities`. Raises `trust` / `signature.malformed` for bytes that are no certificates. */
export function judgeCertificate(chain: readonly Buffer[], authorities: readonly Buffer[]): SigningCertificate {
  const { leaf, others, key } = open(chain);
  const found = findPath(leaf, others, authorities.map(parseCertificate), leaf.notBefore);
  const top = found.path?.at(-1);
  return {
    key,
    subject: [leaf.subject, leaf.x509.subjectAltName].filter(Boolean).join(', '),
    issuer: oneLine(leaf.x509.issuer),
    authority: top && top !== leaf ? top.subject : null,
    refusal:
      repetitionIn([leaf, ...others]) ??
      leaf.defect ??
      (found.path === null ? withoutPath(found.obstacle) : unfitness(leaf)),
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    keyless: leaf.extensions.some((type) => type.startsWith(fulcioArc)),
  };
}

function open(chain: readonly Buffer[]) {
  try {
    const [leaf, ...others] = chain.map(parseCertificate);
    if (!leaf) throw new TypeError('a chain without certificates is no chain');
    return { leaf, others, key: describeArtifactKey(leaf.x509.publicKey) };
  } catch {
    return raise(
      'trust',
      'signature.malformed',
      'The signature brings a certificate that cannot be read, or a key of an unknown kind; it was not used.',
    );
  }
}

/** No tool writes a certificate twice; whoever does hopes that two readers disagree about whose chain it is. */
const repetitionIn = (chain: readonly ParsedCertificate[]): string | null =>
  new Set(chain.map(({ fingerprint }) => fingerprint)).size < chain.length
    ? 'its chain holds the same certificate twice'
    : null;

const withoutPath = (obstacle: string | null): string =>
  `its certificate leads to no authority that was named${obstacle === null ? '' : ` (${obstacle})`}`;

/**
 * Why the certificate is not one to sign artifacts with. The model-signing library asks for keyUsage digitalSignature or
 * extKeyUsage codeSigning; here what the other extension rules out counts too, and an authority signs certificates only.
 */
function unfitness(leaf: ParsedCertificate): string | null {
  if (mayIssue(leaf)) return 'its certificate is that of an authority, not of a signer';
  const stated = leaf.keyUsage !== null || leaf.purposes?.includes(codeSigning) === true;
  return stated && maySignData(leaf) && allowsCodeSigning(leaf) ? null : 'its certificate is not meant for signing';
}
