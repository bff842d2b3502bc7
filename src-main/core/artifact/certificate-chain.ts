/**
 * The certificate of an artifact's signer up to an authority that the person named (RFC 5280 section 6, by pkijs).
 *
 * No trusted time comes with such a signature, so the path is judged at the moment the signer's certificate began, as the
 * OpenSSF model-signing library does; what that leaves open is said in the line about time. Revocation lists are not at hand.
 */
import { X509Certificate } from 'node:crypto';
import { Certificate, CertificateChainValidationEngine } from 'pkijs';
import { raise } from '../../../src-shared/result.ts';
import { type ArtifactKey, describeArtifactKey } from './artifact-key.ts';

export interface SigningCertificate {
  readonly key: ArtifactKey;
  /** Subject with the alternative names, in one line. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject of the authority that the path ends at; null: no path. */
  readonly authority: string | null;
  /** Why the certificate is not accepted, or null. */
  readonly refusal: string | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** A short-lived certificate of a keyless signature: who signed is only known together with a transparency log. */
  readonly keyless: boolean;
}

/** Extensions that pkijs or this file evaluates; any other critical one refuses the certificate (RFC 5280 4.2). */
const understood = new Set([
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.18',
  '2.5.29.19',
  '2.5.29.30',
  '2.5.29.32',
  '2.5.29.35',
  '2.5.29.36',
  '2.5.29.37',
  '2.5.29.54',
]);
const codeSigning = '1.3.6.1.5.5.7.3.3';
/** Sigstore's own extensions: the identity provider that vouched for a keyless signer. */
const fulcioArc = '1.3.6.1.4.1.57264.1.';

/** Certificates of a PEM file. Raises `input` / `certificate.unreadable`. */
export function readAuthorities(pem: string, file: string): readonly Buffer[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block).raw);
  } catch {
    // Falls through to the one refusal.
  }
  return raise('input', 'certificate.unreadable', `${file} holds no certificate in PEM form. Nothing was checked.`, {
    file,
  });
}

/** Judges `chain` (DER, the signer's first) against `authorities`. Raises `trust` / `signature.malformed` for bytes that are no certificates. */
export async function judgeCertificate(
  chain: readonly Buffer[],
  authorities: readonly Buffer[],
): Promise<SigningCertificate> {
  const { leaf, parsed, key } = open(chain);
  const [signer] = parsed;
  if (!signer) throw new Error('a chain without certificates is no chain');
  const path = await findPath(parsed, authorities.map(parseCertificate), leaf.validFromDate);
  const top = path.at(-1);
  return {
    key,
    subject: [oneLine(leaf.subject), leaf.subjectAltName].filter(Boolean).join(', '),
    issuer: oneLine(leaf.issuer),
    authority: top ? oneLine(new X509Certificate(Buffer.from(top.toSchema().toBER())).subject) : null,
    refusal: refusalOf(path.length === 0 ? [signer] : path, leaf, signer, path.length > 0),
    notBefore: leaf.validFromDate,
    notAfter: leaf.validToDate,
    keyless: extensionsOf(signer).some(({ extnID }) => extnID.startsWith(fulcioArc)),
  };
}

function open(chain: readonly Buffer[]) {
  try {
    const leaf = new X509Certificate(chain[0] ?? Buffer.alloc(0));
    return { leaf, parsed: chain.map(parseCertificate), key: describeArtifactKey(leaf.publicKey) };
  } catch {
    return raise(
      'trust',
      'signature.malformed',
      'The signature brings a certificate that cannot be read, or a key of an unknown kind; it was not used.',
    );
  }
}

const parseCertificate = (der: Buffer): Certificate => Certificate.fromBER(Uint8Array.from(der));
/** Keyless certificates have an empty subject, which Node leaves undefined. */
const oneLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ');
const extensionsOf = (certificate: Certificate) => certificate.extensions ?? [];

/** From the signer to the authority; empty where there is no valid path. */
async function findPath(
  chain: readonly Certificate[],
  authorities: readonly Certificate[],
  at: Date,
): Promise<readonly Certificate[]> {
  if (authorities.length === 0) return [];
  const engine = new CertificateChainValidationEngine({
    trustedCerts: [...authorities],
    // The engine takes the last one for the end entity.
    certs: [...chain].reverse(),
    checkDate: at,
  });
  const found = await engine.verify();
  return found.result ? (found.certificatePath ?? []) : [];
}

function refusalOf(
  path: readonly Certificate[],
  leaf: X509Certificate,
  signer: Certificate,
  reachesAuthority: boolean,
): string | null {
  if (!reachesAuthority) return 'its certificate leads to no authority that was named';
  const unknown = path
    .flatMap(extensionsOf)
    .find((extension) => extension.critical && !understood.has(extension.extnID));
  if (unknown) return `a certificate has a critical extension that is not known (${unknown.extnID})`;
  return maySign(leaf, signer) ? null : 'its certificate is not meant for signing';
}

/** Key usage digitalSignature, or extended key usage codeSigning: the rule of the model-signing library. */
function maySign(leaf: X509Certificate, signer: Certificate): boolean {
  const usage = extensionsOf(signer).find(({ extnID }) => extnID === '2.5.29.15');
  const bits = usage?.parsedValue?.valueBlock?.valueHexView as Uint8Array | undefined;
  return ((bits?.[0] ?? 0) & 0x80) !== 0 || (leaf.keyUsage ?? []).includes(codeSigning);
}
