/**
 * Key derivation: Argon2id from a passphrase (RFC 9106), HKDF-SHA-256 from a key (RFC 5869).
 *
 * Argon2id runs in hash-wasm, the same code in every host. HKDF is written over `createHmac` because Electron's BoringSSL does
 * not promise `hkdfSync`. Cost parameters read from a file are checked before they run: 4 GiB would stall the machine.
 */
import { createHmac } from 'node:crypto';
import { argon2id } from 'hash-wasm';
import { z } from 'zod';

/** Argon2id cost: `m` in KiB, `t` passes, `p` lanes. The bounds are what is accepted when reading, not what is written. */
export const kdfParamsSchema = z.strictObject({
  m: z
    .int()
    .min(64 * 1024)
    .max(1024 * 1024),
  t: z.int().min(2).max(10),
  p: z.int().min(1).max(4),
});
export type KdfParams = z.infer<typeof kdfParamsSchema>;

/** How a passphrase becomes a key; tests replace it so that a loop of a thousand unlocks does not pay the cost each time. */
export interface Kdf {
  /** Parameters for a new slot. */
  choose(): Promise<KdfParams>;
  /** 32 bytes. */
  derive(passphrase: Uint8Array, salt: Uint8Array, params: KdfParams): Promise<Uint8Array>;
}

const derive: Kdf['derive'] = (passphrase, salt, params) =>
  argon2id({
    password: passphrase,
    salt,
    memorySize: params.m,
    iterations: params.t,
    parallelism: params.p,
    hashLength: 32,
    outputType: 'binary',
  });

/** Strongest first; the last is RFC 9106's second recommendation and the floor. */
const ladder: readonly KdfParams[] = [
  { m: 256 * 1024, t: 3, p: 1 },
  { m: 128 * 1024, t: 3, p: 1 },
  { m: 64 * 1024, t: 4, p: 1 },
];
const floor: KdfParams = { m: 64 * 1024, t: 3, p: 1 };
const targetMilliseconds = 1000;

/** Times the floor once and takes the strongest parameters that should stay near one second on this machine. */
async function choose(): Promise<KdfParams> {
  const started = performance.now();
  await derive(new Uint8Array(16), new Uint8Array(32), floor);
  const perUnit = (performance.now() - started) / (floor.m * floor.t);
  return ladder.find((params) => perUnit * params.m * params.t <= targetMilliseconds) ?? floor;
}

export const argon2Kdf: Kdf = { choose, derive };

/** HKDF-SHA-256, RFC 5869, with the label as `info`; `length` in bytes, at most 8160. */
export function hkdf(key: Uint8Array, label: string, salt: Uint8Array = new Uint8Array(32), length = 32): Buffer {
  const extracted = createHmac('sha256', salt).update(key).digest();
  const blocks: Buffer[] = [];
  let block = Buffer.alloc(0);
  for (let counter = 1; Buffer.concat(blocks).length < length; counter += 1) {
    block = createHmac('sha256', extracted)
      .update(block)
      .update(`assay.v1.${label}`)
      .update(Uint8Array.of(counter))
      .digest();
    blocks.push(block);
  }
  extracted.fill(0);
  return Buffer.concat(blocks).subarray(0, length);
}

/** The keys that hang from a workspace's data key; each purpose has its own, so that none can stand in for another. */
export type DekPurpose = 'db-page-key' | 'header-mac' | 'anchor-mac' | 'attachment-key';
export const subkey = (dek: Uint8Array, purpose: DekPurpose, length = 32): Buffer =>
  hkdf(dek, purpose, undefined, length);
