/**
 * The forms in which an artifact's signature lies on disk: a Sigstore bundle (protobuf-specs v0.1 to v0.3) around a DSSE
 * envelope or a message signature, or a DSSE envelope alone (secure-systems-lab/dsse envelope.md).
 *
 * Snapshot rules do not apply here (decisions.md 10): other tools wrote these files, so fields that carry nothing for an offline
 * check are tolerated. What is decoded is decided by nobody before a signature over it was checked.
 */
import { z } from 'zod';
import { raise } from '../../../src-shared/result.ts';
import { decodeBase64 } from '../trust/base64.ts';

const base64 = z.string().transform((text, context) => {
  const bytes = decodeBase64(text);
  if (bytes) return bytes;
  context.addIssue({ code: 'custom', message: 'not canonical base64' });
  return z.NEVER;
});
const text = z.string().nullish();
const entries = z.array(z.unknown()).nullish();

/** As many as a snapshot may carry. Each is tried with every key over the whole payload. */
const mostSignatures = 17;

const envelopeSchema = z.object({
  payload: base64,
  payloadType: z.string().min(1),
  signatures: z
    .array(z.object({ sig: base64, keyid: text }))
    .min(1)
    .max(mostSignatures),
});
const certificateSchema = z.object({ rawBytes: base64 });

/** Hashes of a signed message, as protobuf-specs `HashAlgorithm` calls them. */
const messageAlgorithmSchema = z.enum(['SHA2_256', 'SHA2_384', 'SHA2_512']);
export type MessageAlgorithm = z.infer<typeof messageAlgorithmSchema>;

const bundleSchema = z.object({
  mediaType: z.string().regex(/^application\/vnd\.dev\.sigstore\.bundle(\+json;version=0\.[123]|\.v0\.3\+json)$/),
  verificationMaterial: z.object({
    publicKey: z.object({ hint: text }).optional(),
    certificate: certificateSchema.optional(),
    x509CertificateChain: z.object({ certificates: z.array(certificateSchema).min(1).max(8) }).optional(),
    tlogEntries: entries,
    timestampVerificationData: z.object({ rfc3161Timestamps: entries }).nullish(),
  }),
  dsseEnvelope: envelopeSchema.optional(),
  messageSignature: z
    .object({
      messageDigest: z.object({ algorithm: messageAlgorithmSchema.nullish(), digest: base64 }).nullish(),
      signature: base64,
    })
    .optional(),
});

/** A signature over `payload`, not yet checked. `keyHint` narrows nothing: it is only compared afterwards. */
export interface EnvelopeSignature {
  readonly signature: Buffer;
  readonly keyHint: string | null;
}

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Buffer;
  readonly signatures: readonly EnvelopeSignature[];
}

export interface SignatureFile {
  /** DER, the signer's own first; empty for a managed key. */
  readonly certificates: readonly Buffer[];
  /** Transparency log entries and timestamps that the file carries and that nobody checks here. */
  readonly uncheckedTimes: number;
  readonly content:
    | { readonly form: 'dsse'; readonly envelope: Envelope }
    | {
        readonly form: 'message';
        readonly signature: EnvelopeSignature;
        readonly algorithm: MessageAlgorithm | null;
        readonly sha256: string | null;
      };
}

/** A signed list of some 300 000 files. Anybody can write such a file, and reading one takes many times its space. */
export const mostSignatureBytes = 64 * 1024 * 1024;

/** Raises `trust` / `signature.malformed`. */
export function readSignatureFile(name: string, bytes: Buffer): SignatureFile {
  const json = parseJson(name, bytes);
  if (isObject(json) && 'payload' in json) {
    return { certificates: [], uncheckedTimes: 0, content: dsseContent(parse(name, envelopeSchema, json), null) };
  }
  const { verificationMaterial: material, dsseEnvelope, messageSignature } = parse(name, bundleSchema, json);
  const chain = material.certificate ? [material.certificate] : (material.x509CertificateChain?.certificates ?? []);
  const hint = material.publicKey?.hint ?? null;
  if (dsseEnvelope ? messageSignature : !messageSignature)
    return malformed(name, 'it must hold either an envelope or a message signature');
  return {
    certificates: chain.map(({ rawBytes }) => rawBytes),
    uncheckedTimes:
      (material.tlogEntries?.length ?? 0) + (material.timestampVerificationData?.rfc3161Timestamps?.length ?? 0),
    content: dsseEnvelope
      ? dsseContent(dsseEnvelope, hint)
      : {
          form: 'message',
          signature: { signature: messageSignature?.signature ?? Buffer.alloc(0), keyHint: hint },
          algorithm: messageSignature?.messageDigest?.algorithm ?? null,
          sha256: statedSha256(messageSignature?.messageDigest),
        },
  };
}

const statedSha256 = (
  stated: { algorithm?: MessageAlgorithm | null | undefined; digest: Buffer } | null | undefined,
) => (stated?.algorithm === 'SHA2_256' ? stated.digest.toString('hex') : null);

const dsseContent = (envelope: z.infer<typeof envelopeSchema>, hint: string | null): SignatureFile['content'] => ({
  form: 'dsse',
  envelope: {
    payloadType: envelope.payloadType,
    payload: envelope.payload,
    signatures: envelope.signatures.map(({ sig, keyid }) => ({ signature: sig, keyHint: keyid || hint || null })),
  },
});

function parse<T extends z.ZodType>(name: string, schema: T, json: unknown): z.output<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return malformed(name, `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`);
}

function parseJson(name: string, bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return malformed(name, 'not JSON in UTF-8');
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function malformed(name: string, why: string): never {
  return raise(
    'trust',
    'signature.malformed',
    `${name} is neither a Sigstore bundle nor a DSSE envelope: ${why}. It was not used.`,
    { member: name, reason: why },
  );
}
