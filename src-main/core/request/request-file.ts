/**
 * A request on disk: a Sigstore bundle v0.3 whose DSSE envelope holds the request in canonical form, signed with the
 * requester's own P-256 key, and beside it that key's self-issued certificate (decisions.md 10).
 *
 * The signature says that one key signed exactly this. Whose key it is, the file cannot say: the collector compares the
 * fingerprint over another channel.
 */
import { type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import {
  type RequestDocument,
  requestDocumentSchema,
  requestPayloadType,
} from '../../../src-shared/contract/schemas/requests.ts';
import { bundleMediaType } from '../../../src-shared/domain/snapshot.ts';
import { attempt, raise } from '../../../src-shared/result.ts';
import { isJcs, sha256Hex, toJcs } from '../canonical-json.ts';
import { decodeBase64 } from '../trust/base64.ts';
import { signDsse, verifyDsse } from '../trust/dsse.ts';
import { describePublicKey, type PublisherKey } from '../trust/keys.ts';

export const requestFileBytes = 1024 * 1024;

const fileSchema = z.strictObject({
  mediaType: z.literal(bundleMediaType),
  verificationMaterial: z.strictObject({
    certificate: z.strictObject({ rawBytes: z.string().min(1) }),
    tlogEntries: z.array(z.never()),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.string().min(1),
    payloadType: z.literal(requestPayloadType),
    /** The certificate names the key; a key id beside it makes other tools skip the signature (trust/bundle.ts). */
    signatures: z.tuple([z.strictObject({ sig: z.string().min(1), keyid: z.literal('') })]),
  }),
});

export interface SignedRequest {
  readonly document: RequestDocument;
  /** The signed bytes. */
  readonly payload: Buffer;
  /** hex SHA-256 of `payload`: what an answer names. */
  readonly sha256: string;
}

/** The file of a request. `document.requester.fingerprint` must be that of the key. */
export function writeRequestFile(document: RequestDocument, key: KeyObject, certificate: Uint8Array): Buffer {
  const payload = Buffer.from(toJcs(requestDocumentSchema.parse(document)));
  const file: z.input<typeof fileSchema> = {
    mediaType: bundleMediaType,
    verificationMaterial: {
      certificate: { rawBytes: Buffer.from(certificate).toString('base64') },
      tlogEntries: [],
    },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: requestPayloadType,
      signatures: [{ sig: signDsse(requestPayloadType, payload, key).toString('base64'), keyid: '' }],
    },
  };
  return Buffer.from(`${JSON.stringify(file)}\n`);
}

/** Reads and verifies a request file. Raises `trust` / `request.malformed`, `.certificate`, `.signature` or `.requester`. */
export async function readRequestFile(bytes: Uint8Array, file: string): Promise<SignedRequest> {
  const parsed = fileSchema.safeParse(parseJson(bytes, file));
  if (!parsed.success) return malformed(file, issueOf(parsed.error));
  const { dsseEnvelope: envelope, verificationMaterial } = parsed.data;
  const [{ sig }] = envelope.signatures;
  const key = await certifiedKey(canonical(verificationMaterial.certificate.rawBytes, file), file);
  const payload = canonical(envelope.payload, file);
  if (!verifyDsse(requestPayloadType, payload, canonical(sig, file), key.key))
    return refuse('signature', file, 'its signature does not verify: it was changed after it was signed');

  const document = requestDocumentSchema.safeParse(parseJson(payload, file));
  if (!document.success) return malformed(file, issueOf(document.error));
  if (!isJcs(document.data, payload)) return malformed(file, 'not in canonical form (RFC 8785)');
  if (document.data.requester.fingerprint !== key.fingerprint)
    return refuse('requester', file, 'it names another key as its requester than the one that signed it');
  return { document: document.data, payload, sha256: sha256Hex(payload) };
}

async function certifiedKey(der: Buffer, file: string): Promise<PublisherKey> {
  const key = await attempt(() => describePublicKey(publicKeyOf(der)));
  return key.ok
    ? key.value
    : refuse('certificate', file, 'its certificate is not one that its own ECDSA P-256 key has signed');
}

function publicKeyOf(der: Buffer): KeyObject {
  try {
    const certificate = new X509Certificate(der);
    // Self-issued: it must verify with its own key, or somebody has changed the name in it.
    if (certificate.verify(certificate.publicKey)) return certificate.publicKey;
  } catch {
    // Told below, in the same words.
  }
  return raise('trust', 'request.certificate', 'no certificate that its own key has signed');
}

function parseJson(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return malformed(file, 'not JSON in UTF-8');
  }
}

const issueOf = (error: z.ZodError): string => {
  const [issue] = error.issues;
  return `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`;
};

const canonical = (text: string, file: string): Buffer => decodeBase64(text) ?? malformed(file, 'not canonical base64');

const malformed = (file: string, why: string): never => refuse('malformed', file, `it is no request file: ${why}`);

function refuse(code: string, file: string, why: string): never {
  return raise(
    'trust',
    `request.${code}`,
    `The request ${file} cannot be used: ${why}. Nothing was collected; ask the requester for the original file.`,
    { file, reason: why },
  );
}
