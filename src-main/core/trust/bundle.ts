/**
 * Sigstore bundle v0.3 holding one DSSE envelope and one managed key, with no field beyond what strict protojson readers know.
 *
 * The key is named by the bundle's hint alone and the envelope's `keyid` is empty, as cosign and model-signing write it:
 * sigstore-go compares a `keyid` that is there with an SSH fingerprint of its own making and skips the signature otherwise.
 *
 * Reading returns the payload bytes once; whoever verifies and whoever parses share that one buffer (DSSE envelope.md,
 * security considerations).
 */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { bundleMediaType, inTotoPayloadType } from '../../../src-shared/domain/snapshot.ts';
import { raise } from '../../../src-shared/result.ts';
import { hasRepeatedKeys } from '../repeated-keys.ts';
import { decodeBase64, keyIdSchema } from './base64.ts';
import { signDsse } from './dsse.ts';
import { describePublicKey } from './keys.ts';

const bundleSchema = z.strictObject({
  mediaType: z.literal(bundleMediaType),
  verificationMaterial: z.strictObject({
    publicKey: z.strictObject({ hint: keyIdSchema }),
    tlogEntries: z.array(z.never()).optional(),
  }),
  dsseEnvelope: z.strictObject({
    payload: z.string().min(1),
    payloadType: z.string(),
    signatures: z.array(z.strictObject({ sig: z.string().min(1), keyid: z.string().optional() })).length(1),
  }),
});

/** One signature file, decoded. `keyId` only narrows which trusted key is tried; it decides nothing. */
export interface SignatureBundle {
  readonly member: string;
  readonly bytes: Buffer;
  readonly keyId: string;
  readonly payloadType: typeof inTotoPayloadType;
  readonly payload: Buffer;
  readonly signature: Buffer;
}

/** Decodes a signature member. Raises `trust` / `signature.malformed`, `.payload_type`, `.keyid` or `.base64`. */
export function readBundle(member: string, bytes: Buffer): SignatureBundle {
  const parsed = bundleSchema.safeParse(parseJson(member, bytes));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue?.path.join('.') || 'the top level';
    return malformed(member, `${issue?.message ?? 'unexpected content'} at ${where}`);
  }
  const { dsseEnvelope: envelope, verificationMaterial } = parsed.data;
  if (envelope.payloadType !== inTotoPayloadType) {
    raise(
      'trust',
      'signature.payload_type',
      `${member} signs a payload of type "${envelope.payloadType}", not an in-toto statement; it was not used.`,
      {
        member,
        payloadType: envelope.payloadType,
      },
    );
  }
  const hint = verificationMaterial.publicKey.hint;
  const [signature] = envelope.signatures;
  if (!signature || (signature.keyid !== undefined && signature.keyid !== '' && signature.keyid !== hint)) {
    raise(
      'trust',
      'signature.keyid',
      `${member} names one key in its hint and another beside its signature; it was not used.`,
      { member },
    );
  }
  return {
    member,
    bytes,
    keyId: hint,
    payloadType: inTotoPayloadType,
    payload: canonicalBytes(member, 'payload', envelope.payload),
    signature: canonicalBytes(member, 'signature', signature.sig),
  };
}

/** Signs `payload` and writes the bundle as bytes. */
export function writeBundle(payload: Buffer, privateKey: KeyObject): Buffer {
  const { keyId } = describePublicKey(privateKey);
  const bundle: z.input<typeof bundleSchema> = {
    mediaType: bundleMediaType,
    verificationMaterial: { publicKey: { hint: keyId }, tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString('base64'),
      payloadType: inTotoPayloadType,
      signatures: [{ sig: signDsse(inTotoPayloadType, payload, privateKey).toString('base64'), keyid: '' }],
    },
  };
  return Buffer.from(`${JSON.stringify(bundle)}\n`);
}

function canonicalBytes(member: string, part: 'payload' | 'signature', text: string): Buffer {
  const bytes = decodeBase64(text);
  if (bytes) return bytes;
  return raise(
    'trust',
    'signature.base64',
    `The ${part} in ${member} is not canonical base64; it was not used. Ask the publisher for the original file.`,
    {
      member,
      part,
    },
  );
}

function parseJson(member: string, bytes: Buffer): unknown {
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    json = JSON.parse(text);
  } catch {
    return malformed(member, 'not JSON in UTF-8');
  }
  return hasRepeatedKeys(text, json) ? malformed(member, 'a key occurs twice in one object') : json;
}

function malformed(member: string, why: string): never {
  return raise(
    'trust',
    'signature.malformed',
    `${member} is not a Sigstore bundle v0.3 as Assay accepts it: ${why}. Nothing was imported.`,
    {
      member,
      reason: why,
    },
  );
}
