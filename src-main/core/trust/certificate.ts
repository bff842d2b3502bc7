/**
 * A self-issued X.509 certificate for a user's P-256 key (decisions.md 10).
 *
 * PDF signatures carry a certificate even where no authority is at hand. This one says who holds the key and what the key is
 * for; whether to believe it is the reader's trust decision, taken by fingerprint. Profile: RFC 5280 end entity, digitalSignature
 * and nonRepudiation, document signing (RFC 9336) plus e-mail protection, which S/MIME-based checkers look for.
 */
import 'reflect-metadata';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export interface SelfIssuedCertificateInput {
  /** P-256 private key; the public half goes into the certificate. */
  readonly privateKey: KeyObject;
  /** The person or role, as readers will see it. Any Unicode text of 1 to 64 characters (X.520 ub-common-name). */
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const documentSigning = '1.3.6.1.5.5.7.3.36';
const emailProtection = '1.3.6.1.5.5.7.3.4';

/**
 * Serial number from key, name and period: the same request gets the same serial and two requests never share one, without
 * a counter that could be rolled back. 16 bytes, positive, no leading zero (RFC 5280 4.1.2.2).
 */
function serialOf(spki: Uint8Array, input: SelfIssuedCertificateInput): string {
  const digest = createHash('sha256')
    .update('assay.certificate.serial.v1\0')
    .update(spki)
    .update(`\0${input.commonName}\0${input.notBefore.toISOString()}\0${input.notAfter.toISOString()}`)
    .digest()
    .subarray(0, 16);
  digest.writeUInt8((digest.readUInt8(0) & 0x3f) | 0x40, 0);
  return digest.toString('hex');
}

/** DER of a self-issued certificate. Throws `TypeError` for a key that is not P-256 or a period that is empty: caller's bugs. */
export async function selfIssuedCertificate(input: SelfIssuedCertificateInput): Promise<Uint8Array> {
  const { privateKey } = input;
  if (privateKey.asymmetricKeyType !== 'ec' || privateKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new TypeError('a self-issued certificate needs a P-256 private key');
  }
  if (!(input.notBefore < input.notAfter)) throw new TypeError('a certificate must end after it starts');
  const commonName = [...input.commonName.trim()].slice(0, 64).join('');
  if (commonName === '') throw new TypeError('a certificate needs a name');

  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const signingKey = await crypto.subtle.importKey(
    'pkcs8',
    privateKey.export({ type: 'pkcs8', format: 'der' }),
    algorithm,
    false,
    ['sign'],
  );
  const name = new Name([{ CN: [{ utf8String: commonName }] }]);
  const publicKey = new PublicKey(spki);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialOf(spki, input),
    subject: name,
    issuer: name,
    notBefore: input.notBefore,
    notAfter: input.notAfter,
    publicKey,
    signingKey,
    signingAlgorithm: { ...algorithm, hash: 'SHA-256' },
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true),
      new ExtendedKeyUsageExtension([documentSigning, emailProtection], false),
      new SubjectKeyIdentifierExtension(createHash('sha1').update(spki).digest('hex')),
    ],
  });
  return new Uint8Array(certificate.rawData);
}
