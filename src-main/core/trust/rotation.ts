/**
 * A key rotation as a document: which keys of one registry join, which retire after which sequence, and how many must sign from
 * then on. Publishers write and sign it, each with his own key; whether it counts is judged in `plan-rotation.ts`.
 */
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { maxThreshold } from '../../../src-shared/domain/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { addSignature, type DocumentType, type Envelope, readEnvelope, writeEnvelope } from './envelope.ts';
import { describePublicKey, publisherKeyFromRaw } from './keys.ts';

const instant = z.iso.datetime({ offset: false });
/** A rotation is a small document: so many keys join or retire at once. */
const maxKeys = 16;

const rotationSchema = z.strictObject({
  schemaVersion: z.literal(1),
  registryId: z.string().min(1),
  /** Per registry; only grows. */
  serial: z.int().min(1),
  createdAt: instant,
  addKeys: z
    .array(
      z.strictObject({
        hint: z.string(),
        rawBytes: z.string(),
        label: z.string().min(1).max(200),
        validFor: z.strictObject({ start: instant.optional(), end: instant.optional() }),
      }),
    )
    .max(maxKeys),
  /** `lastSequence` null: nothing that the key signed is accepted. */
  retireKeys: z.array(z.strictObject({ hint: z.string(), lastSequence: z.int().min(0).nullable() })).max(maxKeys),
  /** Distinct keys that a snapshot of this registry needs afterwards. */
  threshold: z.int().min(1).max(maxThreshold),
});
export type Rotation = z.infer<typeof rotationSchema>;

const rotationType: DocumentType<Rotation> = {
  payloadType: 'application/vnd.assay.trust-rotation+json',
  schema: rotationSchema,
  name: 'key rotation',
  code: 'rotation',
};

/** Signs a new rotation. Raises `usage` / `rotation.*` for one that contradicts itself. */
export function writeRotation(rotation: Rotation, keys: readonly KeyObject[]): string {
  requireConsistent(rotation, 'the rotation');
  requireDistinct(keys.map((key) => describePublicKey(key).keyId));
  return writeEnvelope(rotation, rotationType, keys);
}

/** The same rotation with further signatures. Raises `usage` / `rotation.already_signed`. */
export function cosignRotation(text: string, file: string, keys: readonly KeyObject[]): string {
  return keys.reduce((signed, key) => {
    const envelope = readRotation(signed, file);
    requireDistinct([...envelope.signatures.map(({ keyId }) => keyId), describePublicKey(key).keyId]);
    return addSignature(envelope, key);
  }, text);
}

function requireDistinct(keyIds: readonly string[]): void {
  if (new Set(keyIds).size !== keyIds.length)
    raise('usage', 'rotation.already_signed', 'This key has already signed; each key signs once. Nothing was written.');
}

/** Raises `input` / `rotation.malformed`, `trust` / `rotation.payload_type`. */
export function readRotation(text: string, file: string): Envelope<Rotation> {
  const envelope = readEnvelope(text, file, rotationType);
  requireConsistent(envelope.document, file);
  return envelope;
}

function requireConsistent({ registryId, addKeys, retireKeys }: Rotation, file: string): void {
  const contradictory = (why: string): never =>
    raise('input', 'rotation.malformed', `${file} contradicts itself: ${why}. Nothing was changed.`, { file });
  if (registryId === '*') contradictory('a rotation is about one registry, not about all');
  if (addKeys.length + retireKeys.length === 0) contradictory('it neither adds nor retires a key');
  const hints = [...addKeys, ...retireKeys].map(({ hint }) => hint);
  if (new Set(hints).size !== hints.length) contradictory('it names a key twice');
  for (const key of addKeys) {
    if (publisherKeyFromRaw(key.rawBytes).keyId !== key.hint)
      contradictory(`the hint of key "${key.label}" is not the digest of its bytes`);
  }
}
