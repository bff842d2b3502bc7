/**
 * Key slots: one way each to get from a secret a person holds to the workspace's data key and that person's signing keys.
 *
 * A slot seals `SlotSecrets` with AES-256-GCM under a key-encryption key (KEK). The KEK comes from a passphrase (Argon2id) or
 * from the recovery code (HKDF). GCM does not commit to its key, so a 32-byte commitment is compared first. Everything that
 * says whose slot this is goes into the additional data: a slot copied to another user or workspace does not open.
 * The suite is fixed by the header's format number; there is nothing to negotiate and nothing to downgrade.
 */
import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { toJcs } from '../canonical-json.ts';
import { hkdf, type Kdf, type KdfParams, kdfParamsSchema } from './kdf.ts';

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

const sealed = {
  slotId: z.uuid(),
  userId: z.uuid(),
  salt: base64,
  nonce: base64,
  commitment: base64,
  ciphertext: base64,
};

export const slotSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('passphrase'), ...sealed, kdf: kdfParamsSchema }),
  z.strictObject({ type: z.literal('recovery'), ...sealed }),
]);
export type Slot = z.infer<typeof slotSchema>;

/** What a slot protects. */
export interface SlotSecrets {
  /** Data key, 32 bytes. */
  readonly dek: Uint8Array;
  /** Ed25519 seed, 32 bytes: ledger entries and decisions. */
  readonly ed25519Seed: Uint8Array;
  /** P-256 private key, PKCS#8 DER: PDF signatures. */
  readonly p256Pkcs8: Uint8Array;
}

/** Where a slot belongs; part of what GCM authenticates. */
export interface SlotOwner {
  readonly workspaceId: string;
  readonly userId: string;
  /** base64 of the user's Ed25519 public key. */
  readonly ed25519: string;
}

export type SlotKey =
  | { readonly type: 'passphrase'; readonly passphrase: Uint8Array; readonly kdf: Kdf }
  | { readonly type: 'recovery'; readonly secret: Uint8Array };

const fixedLength = 32;

function additionalData(owner: SlotOwner, slot: Pick<Slot, 'type' | 'slotId' | 'salt'>, kdf: KdfParams | null): Buffer {
  return Buffer.from(
    `MIAW.slot.v1\0${toJcs({ ...owner, type: slot.type, slotId: slot.slotId, salt: slot.salt, kdf })}`,
    'utf8',
  );
}

const commitmentOf = (kek: Uint8Array): Buffer => hkdf(kek, 'commit');
const encryptionKeyOf = (kek: Uint8Array): Buffer => hkdf(kek, 'slot-encryption');

/** Seals secrets under a fresh salt and nonce; the same KEK never meets two plaintexts. */
export async function sealSlot(secrets: SlotSecrets, owner: SlotOwner, slotId: string, key: SlotKey): Promise<Slot> {
  const salt = randomBytes(32);
  const params = key.type === 'passphrase' ? await key.kdf.choose() : null;
  const kek =
    key.type === 'passphrase' && params
      ? await key.kdf.derive(key.passphrase, salt, params)
      : hkdf(key.type === 'recovery' ? key.secret : new Uint8Array(), 'recovery', salt);
  const nonce = randomBytes(12);
  const identity = { slotId, salt: salt.toString('base64') };
  const cipher = createCipheriv('aes-256-gcm', encryptionKeyOf(kek), nonce);
  cipher.setAAD(additionalData(owner, { type: key.type, ...identity }, params));
  const plain = Buffer.concat([secrets.dek, secrets.ed25519Seed, secrets.p256Pkcs8]);
  const ciphertext = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  plain.fill(0);
  const common = {
    ...identity,
    userId: owner.userId,
    nonce: nonce.toString('base64'),
    commitment: commitmentOf(kek).toString('base64'),
    ciphertext: ciphertext.toString('base64'),
  };
  kek.fill(0);
  return params ? { type: 'passphrase', ...common, kdf: params } : { type: 'recovery', ...common };
}

/** The secrets, or null when this key does not open this slot; which of the checks failed is not told. */
export async function openSlot(slot: Slot, owner: SlotOwner, key: SlotKey): Promise<SlotSecrets | null> {
  const salt = Buffer.from(slot.salt, 'base64');
  const kek = await keyEncryptionKey(slot, salt, key);
  if (!kek) return null;
  const commitment = Buffer.from(slot.commitment, 'base64');
  const expected = commitmentOf(kek);
  if (commitment.length !== expected.length || !timingSafeEqual(commitment, expected)) return null;
  const sealedBytes = Buffer.from(slot.ciphertext, 'base64');
  const params = slot.type === 'passphrase' ? slot.kdf : null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', encryptionKeyOf(kek), Buffer.from(slot.nonce, 'base64'), {
      authTagLength: 16,
    });
    decipher.setAAD(additionalData(owner, slot, params));
    decipher.setAuthTag(sealedBytes.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealedBytes.subarray(0, -16)), decipher.final()]);
    if (plain.length <= 2 * fixedLength) return null;
    return {
      dek: Uint8Array.from(plain.subarray(0, fixedLength)),
      ed25519Seed: Uint8Array.from(plain.subarray(fixedLength, 2 * fixedLength)),
      p256Pkcs8: Uint8Array.from(plain.subarray(2 * fixedLength)),
    };
  } catch {
    // OpenSSL reports a wrong tag or nonce as an exception; for the caller it is one more key that does not fit.
    return null;
  } finally {
    kek.fill(0);
  }
}

async function keyEncryptionKey(slot: Slot, salt: Uint8Array, key: SlotKey): Promise<Uint8Array | null> {
  if (slot.type === 'passphrase' && key.type === 'passphrase') return key.kdf.derive(key.passphrase, salt, slot.kdf);
  if (slot.type === 'recovery' && key.type === 'recovery') return hkdf(key.secret, 'recovery', salt);
  return null;
}
