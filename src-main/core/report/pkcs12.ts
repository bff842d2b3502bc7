/**
 * Opens a PKCS#12 file (RFC 7292): a signing key and certificate from outside, to sign a report with (decisions.md 10).
 *
 * The file's HMAC is checked before anything in it is decrypted, and the certificate is the one that holds the key's public
 * half: names and local key ids in the file are never believed. What could not give a valid signature is refused here, in a
 * sentence, before a report is touched.
 */
import 'reflect-metadata';
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import { KeyUsageFlags, KeyUsagesExtension, X509Certificate as ParsedCertificate } from '@peculiar/x509';
import {
  AuthenticatedSafe,
  CertBag,
  EncryptedData,
  PFX,
  PKCS8ShroudedKeyBag,
  PrivateKeyInfo,
  SafeContents,
} from 'pkijs';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { toInstant } from '../ports.ts';
import { commonName } from './certificate-name.ts';
import { canSign } from './cms.ts';
import { decryptWithPassphrase, macHolds, type RoundsBudget, roundsBudget } from './pkcs12-encryption.ts';

/** A key with a chain takes a few KiB. */
export const maxPkcs12Bytes = 1024 * 1024;
/** Certificates above the signer's own. */
const longestChain = 8;

const idData = '1.2.840.113549.1.7.1';
const idEncryptedData = '1.2.840.113549.1.7.6';
const minRsaBits = 2048;

export interface SigningIdentity {
  /** RSA of 2,048 bits or more, or EC on P-256 or P-384. */
  readonly privateKey: KeyObject;
  /** DER of the certificate that holds the key's public half. */
  readonly certificate: Uint8Array;
  /** DER of its issuers as far as the file holds them, nearest first. */
  readonly chain: readonly Uint8Array[];
  /** Common name of the certificate's subject. */
  readonly name: string;
}

interface Contents {
  readonly keys: KeyObject[];
  readonly certificates: X509Certificate[];
}

const malformed = (): never =>
  raise('input', 'p12.malformed', 'The file is not a complete PKCS#12 file (.p12, .pfx); export it again.');

/**
 * The one identity in the file that may sign at `now`. Raises `locked` / `p12.wrong_passphrase`; `input` / `p12.too_large`,
 * `.malformed`, `.no_integrity`, `.unsupported`, `.too_many_rounds`, `.no_key`, `.several_keys`, `.key_unsupported`;
 * `refused` / `p12.certificate_expired`, `.certificate_not_yet_valid`, `.not_for_signing`.
 */
export async function loadPkcs12(bytes: Uint8Array, passphrase: string, now: Date): Promise<SigningIdentity> {
  if (bytes.length > maxPkcs12Bytes) {
    raise(
      'input',
      'p12.too_large',
      `The file has ${bytes.length} bytes, too many for a PKCS#12 file; it was not read.`,
      {
        bytes: bytes.length,
      },
    );
  }
  let contents: Contents;
  try {
    contents = read(bytes, passphrase);
  } catch (error) {
    if (error instanceof AssayError) throw error;
    // The parsers throw errors of many kinds for input that they cannot read; all of them mean the same here.
    return malformed();
  }
  return identityIn(contents, now);
}

/** Parsers take exact buffers. */
const exact = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

function read(bytes: Uint8Array, passphrase: string): Contents {
  const pfx = PFX.fromBER(exact(bytes));
  if (pfx.version !== 3 || pfx.authSafe.contentType !== idData) malformed();
  const budget = roundsBudget();
  const safe = dataOf(pfx.authSafe.content);
  if (!pfx.macData) {
    return raise(
      'input',
      'p12.no_integrity',
      'The PKCS#12 file is not protected against changes (it has no MAC); export it again with one.',
    );
  }
  if (!macHolds(pfx.macData, safe, passphrase, budget)) {
    return raise(
      'locked',
      'p12.wrong_passphrase',
      'The passphrase does not open this PKCS#12 file; nothing was signed.',
    );
  }
  const contents: Contents = { keys: [], certificates: [] };
  for (const part of AuthenticatedSafe.fromBER(exact(safe)).safeContents) {
    const plain =
      part.contentType === idData
        ? dataOf(part.content)
        : part.contentType === idEncryptedData
          ? decryptPart(new EncryptedData({ schema: part.content }), passphrase, budget)
          : malformed();
    readBags(SafeContents.fromBER(exact(plain)), passphrase, budget, contents);
    plain.fill(0);
  }
  return contents;
}

function dataOf(content: unknown): Uint8Array {
  if (typeof content === 'object' && content !== null && 'getValue' in content) {
    const { getValue } = content;
    const value: unknown = typeof getValue === 'function' ? getValue.call(content) : null;
    if (value instanceof ArrayBuffer) return new Uint8Array(value);
  }
  return malformed();
}

function decryptPart(encrypted: EncryptedData, passphrase: string, budget: RoundsBudget): Uint8Array {
  const { contentEncryptionAlgorithm } = encrypted.encryptedContentInfo;
  const data = new Uint8Array(encrypted.encryptedContentInfo.getEncryptedContent());
  // The MAC held, so the passphrase is right: what does not open now was written wrongly.
  return decryptWithPassphrase(contentEncryptionAlgorithm, data, passphrase, budget) ?? malformed();
}

function readBags(safe: SafeContents, passphrase: string, budget: RoundsBudget, found: Contents): void {
  for (const { bagValue } of safe.safeBags) {
    if (bagValue instanceof PKCS8ShroudedKeyBag) {
      const data = dataOf(bagValue.encryptedData);
      found.keys.push(
        keyOf(decryptWithPassphrase(bagValue.encryptionAlgorithm, data, passphrase, budget) ?? malformed()),
      );
    } else if (bagValue instanceof PrivateKeyInfo) {
      found.keys.push(keyOf(new Uint8Array(bagValue.toSchema().toBER(false))));
    } else if (bagValue instanceof CertBag) {
      found.certificates.push(new X509Certificate(dataOf(bagValue.certValue)));
    } else if (bagValue instanceof SafeContents) {
      readBags(bagValue, passphrase, budget, found);
    }
  }
}

/** Private key from PKCS#8 DER, whose bytes are wiped. */
function keyOf(der: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(der.buffer, der.byteOffset, der.length), format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

function identityIn({ keys, certificates }: Contents, now: Date): SigningIdentity {
  const pairs = keys.flatMap((key) => {
    const certificate = certificates.find((candidate) => candidate.checkPrivateKey(key));
    return certificate ? [{ key, certificate }] : [];
  });
  if (pairs.length === 0) {
    raise(
      'input',
      'p12.no_key',
      'The PKCS#12 file holds no private key together with its certificate; export both into one file.',
    );
  }
  const signing = pairs.filter(({ certificate }) => maySign(certificate));
  const [pair] = signing;
  if (!pair) {
    return raise(
      'refused',
      'p12.not_for_signing',
      `The certificate of “${pairs.map(({ certificate }) => commonName(certificate)).join('”, “')}” is not meant for signatures (its key usage says so); nothing was signed.`,
    );
  }
  if (signing.length > 1) {
    raise(
      'input',
      'p12.several_keys',
      `The PKCS#12 file holds ${signing.length} keys for signing; export only the one to sign with.`,
      { keys: signing.length },
    );
  }
  const { key, certificate } = pair;
  const name = commonName(certificate);
  requireUsableKey(key);
  requireCurrent(certificate, name, now);
  const chain = chainOf(certificate, certificates);
  for (const link of [certificate, ...chain]) requireDer(link);
  return {
    privateKey: key,
    certificate: new Uint8Array(certificate.raw),
    chain: chain.map((issuer) => new Uint8Array(issuer.raw)),
    name,
  };
}

/** Without a key usage extension a certificate may do anything (RFC 5280 4.2.1.3). */
function maySign(certificate: X509Certificate): boolean {
  const usages = new ParsedCertificate(certificate.raw).getExtension(KeyUsagesExtension)?.usages;
  return usages === undefined || (usages & (KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation)) !== 0;
}

function requireUsableKey(key: KeyObject): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (canSign(key) && (key.asymmetricKeyType !== 'rsa' || bits >= minRsaBits)) return;
  const kind = [
    key.asymmetricKeyType ?? 'unknown',
    key.asymmetricKeyDetails?.namedCurve ?? (bits > 0 ? `${bits}` : ''),
  ];
  raise(
    'input',
    'p12.key_unsupported',
    `The key in the PKCS#12 file is of a kind that reports are not signed with (${kind.join(' ').trim()}); use RSA of at least ${minRsaBits} bits, P-256 or P-384.`,
  );
}

function requireCurrent(certificate: X509Certificate, name: string, now: Date): void {
  const { validFromDate, validToDate } = certificate;
  if (now > validToDate) {
    raise(
      'refused',
      'p12.certificate_expired',
      `The certificate of “${name}” ended on ${toInstant(validToDate)}, so a signature made now would not be valid; nothing was signed. Use a current one.`,
      { validUntil: toInstant(validToDate) },
    );
  }
  if (now < validFromDate) {
    raise(
      'refused',
      'p12.certificate_not_yet_valid',
      `The certificate of “${name}” is valid from ${toInstant(validFromDate)} only; nothing was signed. Check this computer’s clock.`,
      { validFrom: toInstant(validFromDate) },
    );
  }
}

function chainOf(certificate: X509Certificate, all: readonly X509Certificate[]): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let current = certificate;
  while (chain.length < longestChain) {
    const issuer = all.find(
      (candidate) =>
        !candidate.raw.equals(current.raw) &&
        !chain.includes(candidate) &&
        candidate.ca &&
        current.checkIssued(candidate) &&
        current.verify(candidate.publicKey),
    );
    if (!issuer) break;
    chain.push(issuer);
    current = issuer;
  }
  return chain;
}

/** A signature is rebuilt from its certificates when it is verified, which only works for the one DER form. */
function requireDer(certificate: X509Certificate): void {
  if (Buffer.from(AsnConvert.serialize(AsnConvert.parse(certificate.raw, Certificate))).equals(certificate.raw)) return;
  raise(
    'input',
    'p12.certificate_not_der',
    `The certificate of “${commonName(certificate)}” is not encoded as X.509 prescribes (DER); nothing was signed.`,
  );
}
