/**
 * A DSSE envelope as a JSON file of its own (secure-systems-lab/dsse envelope.md): trust files and key rotations.
 *
 * The payload is canonical JSON (RFC 8785) and has to be read back as such, so that every JSON reader sees the same document in
 * the signed bytes: no repeated keys, no `__proto__`, no numbers that lose digits. One key signs once.
 */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { raise } from '../../../src-shared/result.ts';
import { isJcs, toJcs } from '../canonical-json.ts';
import { decodeBase64, keyIdSchema } from './base64.ts';
import { signDsse, verifyDsse } from './dsse.ts';
import { describePublicKey, publisherKeyFromRaw } from './keys.ts';

/** Signatures that one file may carry: each costs a verification. */
const maxSignatures = 34;

const envelopeSchema = z.strictObject({
  payload: z.string().min(1),
  payloadType: z.string(),
  signatures: z
    .array(z.strictObject({ keyid: keyIdSchema, sig: z.string().min(1) }))
    .min(1)
    .max(maxSignatures),
});

export interface EnvelopeSignature {
  /** base64(SHA-256(SPKI DER)). It only says which key is tried; it decides nothing. */
  readonly keyId: string;
  readonly bytes: Buffer;
}

export interface Envelope<T> {
  readonly document: T;
  /** The signed bytes, of which `document` is the parsed form. */
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly signatures: readonly EnvelopeSignature[];
}

/** What kind of document an envelope holds, and how its failures are named. */
export interface DocumentType<T> {
  readonly payloadType: string;
  readonly schema: z.ZodType<T>;
  /** For people: "trust file". */
  readonly name: string;
  /** Failures are `<code>.malformed`, `<code>.payload_type`. */
  readonly code: string;
}

/** Whether a text looks like an envelope at all, whatever it holds. */
export function isEnvelope(text: string): boolean {
  try {
    return z.looseObject({ payload: z.string(), payloadType: z.string() }).safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

/** Reads an envelope; no signature is checked here. Raises `input` / `<code>.malformed` or `trust` / `<code>.payload_type`. */
export function readEnvelope<T>(text: string, file: string, type: DocumentType<T>): Envelope<T> {
  const malformed = (why: string): never =>
    raise(
      'input',
      `${type.code}.malformed`,
      `${file} is not a ${type.name}: ${why}. Nothing was changed; ask for it again.`,
      {
        file,
        reason: why,
      },
    );
  const parsed = envelopeSchema.safeParse(jsonOf(text));
  if (!parsed.success) return malformed(issueOf(parsed.error));
  if (parsed.data.payloadType !== type.payloadType) {
    raise(
      'trust',
      `${type.code}.payload_type`,
      `${file} signs a payload of type "${parsed.data.payloadType}", not a ${type.name}; nothing was changed.`,
      { file, payloadType: parsed.data.payloadType },
    );
  }
  const payload = decodeBase64(parsed.data.payload) ?? malformed('its payload is not canonical base64');
  // The schema first: it bounds the depth that the canonical form recurses into.
  const document = type.schema.safeParse(jsonOf(payload.toString('utf8')));
  if (!document.success) return malformed(issueOf(document.error));
  if (!isJcs(document.data, payload)) return malformed('its payload is not canonical JSON (RFC 8785)');
  const signatures = parsed.data.signatures.map(({ keyid, sig }) => ({
    keyId: keyid,
    bytes: decodeBase64(sig) ?? malformed('a signature is not canonical base64'),
  }));
  return { document: document.data, payload, payloadType: type.payloadType, signatures };
}

/** Signs a document with each key and writes the envelope. */
export function writeEnvelope<T>(document: T, type: DocumentType<T>, keys: readonly KeyObject[]): string {
  const payload = Buffer.from(toJcs(type.schema.parse(document)));
  return formatEnvelope(
    type.payloadType,
    payload,
    keys.map((key) => signatureOf(type.payloadType, payload, key)),
  );
}

/** The same payload with one more signature. The key must not have signed yet. */
export function addSignature<T>(envelope: Envelope<T>, key: KeyObject): string {
  const added = signatureOf(envelope.payloadType, envelope.payload, key);
  return formatEnvelope(envelope.payloadType, envelope.payload, [...envelope.signatures, added]);
}

const signatureOf = (payloadType: string, payload: Buffer, key: KeyObject): EnvelopeSignature => ({
  keyId: describePublicKey(key).keyId,
  bytes: signDsse(payloadType, payload, key),
});

const formatEnvelope = (payloadType: string, payload: Buffer, signatures: readonly EnvelopeSignature[]): string =>
  `${JSON.stringify(
    {
      payloadType,
      payload: payload.toString('base64'),
      signatures: signatures.map(({ keyId, bytes }) => ({ keyid: keyId, sig: bytes.toString('base64') })),
    },
    null,
    2,
  )}\n`;

/** Whether this key (base64 SPKI DER) really signed the payload: any of the signatures under its name that verifies. */
export function isSignedBy(envelope: Envelope<unknown>, rawBytes: string): boolean {
  const { keyId, key } = publisherKeyFromRaw(rawBytes);
  return envelope.signatures.some(
    (signature) =>
      signature.keyId === keyId && verifyDsse(envelope.payloadType, envelope.payload, signature.bytes, key),
  );
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const issueOf = (error: z.ZodError): string => {
  const [issue] = error.issues;
  return `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`;
};
