/**
 * The trust store as a file: signed by the administrator of the workspace that wrote it, or plain JSON, which nobody vouches for.
 *
 * The signature is ECDSA P-256 in a DSSE envelope, as on snapshots: one fingerprint form for everything that people compare, and
 * the tools that verify snapshots verify trust files too; Ed25519 stays for what never leaves a workspace (decisions.md 10).
 * The serial only grows, so that an older file cannot bring back what was revoked since.
 */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { type TrustStore, trustStoreSchema } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { decodeBase64 } from './base64.ts';
import { type DocumentType, isEnvelope, isSignedBy, readEnvelope } from './envelope.ts';
import { publisherKeyFromRaw } from './keys.ts';
import { checkTrustStore, parseTrustStore } from './trust-store.ts';

/** Thousands of keys fit; whatever is larger is none. */
export const maxTrustFileBytes = 4 * 1024 * 1024;

const instant = z.iso.datetime({ offset: false });

const trustDocumentSchema = z.strictObject({
  schemaVersion: z.literal(1),
  /** Per issuer; a reader that has seen one takes no lower one. */
  serial: z.int().min(1),
  issuedAt: instant,
  issuer: z.strictObject({
    name: z.string().min(1).max(200),
    /** base64 SPKI DER of the key that signs this file. */
    rawBytes: z.string(),
    /** base64 DER: the same key's certificate, by which the issuer's reports are recognised. */
    certificate: z.string(),
  }),
  /** base64 DER of further certificates that signed reports in the issuer's workspace. */
  reportCertificates: z.array(z.string()).max(1000),
  trust: trustStoreSchema,
});
export type TrustDocument = z.infer<typeof trustDocumentSchema>;

export const trustDocumentType: DocumentType<TrustDocument> = {
  payloadType: 'application/vnd.assay.trust-store+json',
  schema: trustDocumentSchema,
  name: 'signed trust file',
  code: 'trust',
};

export interface SignedTrust {
  readonly document: TrustDocument;
  readonly payloadSha256: string;
  readonly issuer: { readonly name: string; readonly keyId: string; readonly fingerprint: string };
  /** DER of every certificate that the issuer vouches for, its own first. */
  readonly certificates: readonly Uint8Array[];
}

export interface TrustFile {
  readonly trust: TrustStore;
  /** null: plain JSON. */
  readonly signed: SignedTrust | null;
}

/** Either form. Raises as `readSignedTrust` and `parseTrustStore` do. */
export function readTrustFile(text: string, file: string): TrustFile {
  if (!isEnvelope(text)) return { trust: parseTrustStore(text, file), signed: null };
  const signed = readSignedTrust(text, file);
  return { trust: signed.document.trust, signed };
}

/**
 * A trust file whose signature verifies under the key that it names itself. Whether that key is the administrator's is the
 * reader's question: by the fingerprint, or by the issuer that was pinned. Raises `input` / `trust.*`, `trust` / `trust.signature`.
 */
export function readSignedTrust(text: string, file: string): SignedTrust {
  if (!isEnvelope(text)) {
    raise(
      'input',
      'trust.unsigned',
      `${file} carries no signature, so nobody answers for what it says; nothing was changed. Ask the administrator for the file that \`assay trust export\` writes.`,
      { file },
    );
  }
  const envelope = readEnvelope(text, file, trustDocumentType);
  const { document, payload } = envelope;
  const { keyId, fingerprint } = publisherKeyFromRaw(document.issuer.rawBytes);
  if (!isSignedBy(envelope, document.issuer.rawBytes)) {
    raise(
      'trust',
      'trust.signature',
      `The signature of ${file} does not verify under the key of "${document.issuer.name}": it was changed, or somebody else wrote it. Nothing was changed.`,
      { file, keyId },
    );
  }
  checkTrustStore(document.trust, file);
  return {
    document,
    payloadSha256: sha256Hex(payload),
    issuer: { name: document.issuer.name, keyId, fingerprint },
    certificates: certificatesOf(document, file),
  };
}

function certificatesOf({ issuer, reportCertificates }: TrustDocument, file: string): readonly Uint8Array[] {
  const own = certificate(issuer.certificate, file);
  const spki = own.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  if (spki !== issuer.rawBytes) refuseCertificate(file, "the issuer's certificate is of another key");
  return [own, ...reportCertificates.map((text) => certificate(text, file))].map(({ raw }) => raw);
}

function certificate(text: string, file: string): X509Certificate {
  const der = decodeBase64(text);
  try {
    if (der) return new X509Certificate(der);
  } catch {
    // Refused below like text that is no base64.
  }
  return refuseCertificate(file, 'it holds a certificate that cannot be read');
}

const refuseCertificate = (file: string, why: string): never =>
  raise('input', 'trust.malformed', `${file} is not a signed trust file: ${why}. Nothing was changed.`, {
    file,
    reason: why,
  });
