/**
 * Digests as records and signatures state them (`algorithm:hex`), and which of them prove anything.
 *
 * Collisions of MD5 and SHA-1 can be made, so a match proves nothing; a difference still proves a change.
 */
import { createHash } from 'node:crypto';
import { createBLAKE3 } from 'hash-wasm';

interface Algorithm {
  /** Name for `createHash`; null: node:crypto has none, hash-wasm computes it. */
  readonly node: string | null;
  readonly hexLength: number;
  readonly strong: boolean;
}

const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ['sha256', { node: 'sha256', hexLength: 64, strong: true }],
  ['sha384', { node: 'sha384', hexLength: 96, strong: true }],
  ['sha512', { node: 'sha512', hexLength: 128, strong: true }],
  ['blake2b', { node: 'blake2b512', hexLength: 128, strong: true }],
  ['blake3', { node: null, hexLength: 64, strong: true }],
  ['sha1', { node: 'sha1', hexLength: 40, strong: false }],
  ['md5', { node: 'md5', hexLength: 32, strong: false }],
]);

const spellings: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-384', 'sha384'],
  ['sha-512', 'sha512'],
  ['sha-1', 'sha1'],
  ['blake2', 'blake2b'],
  ['blake2b512', 'blake2b'],
]);

export interface Digest {
  readonly algorithm: string;
  /** Lower case. */
  readonly hex: string;
}

/** A digest that can be compared, or why it cannot. */
export type ReadDigest = { readonly digest: Digest } | { readonly problem: string };

/** The one name of an algorithm, whatever its spelling. */
export const algorithmName = (name: string): string => {
  const lower = name.toLowerCase();
  return spellings.get(lower) ?? lower;
};

export function makeDigest(algorithm: string, hex: string): ReadDigest {
  const name = algorithmName(algorithm);
  const known = algorithms.get(name);
  if (!known) return { problem: `the digest algorithm "${algorithm}" is not known` };
  if (!/^[0-9a-f]+$/i.test(hex) || hex.length !== known.hexLength)
    return { problem: `a ${name} digest has ${known.hexLength} hexadecimal digits` };
  return { digest: { algorithm: name, hex: hex.toLowerCase() } };
}

/** Reads `sha256:0a1b…`. */
export function readDigest(text: string): ReadDigest {
  const colon = text.indexOf(':');
  return colon < 0
    ? { problem: 'the digest names no algorithm' }
    : makeDigest(text.slice(0, colon), text.slice(colon + 1));
}

export const isStrong = ({ algorithm }: Digest): boolean => algorithms.get(algorithm)?.strong === true;

export const formatDigest = ({ algorithm, hex }: Digest): string => `${algorithm}:${hex}`;

/** A hash that goes on with the next message after each `finish`. */
export interface RunningHash {
  update(chunk: Uint8Array): void;
  /** Lower-case hex digest of what was given since the last one. */
  finish(): string;
}

/** A running hash by the name that `makeDigest` gave it. */
export async function startHash(algorithm: string): Promise<RunningHash> {
  const known = algorithms.get(algorithm);
  if (!known) throw new Error(`no hash for ${algorithm}: makeDigest refuses it`);
  return known.node === null ? blake3() : nodeHash(known.node);
}

function nodeHash(name: string): RunningHash {
  let hash = createHash(name);
  return {
    update: (chunk) => void hash.update(chunk),
    finish() {
      const hex = hash.digest('hex');
      hash = createHash(name);
      return hex;
    },
  };
}

async function blake3(): Promise<RunningHash> {
  const hash = await createBLAKE3();
  hash.init();
  return {
    update: (chunk) => void hash.update(chunk),
    finish() {
      const hex = hash.digest('hex');
      hash.init();
      return hex;
    },
  };
}
