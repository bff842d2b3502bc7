/**
 * Password-based encryption as PKCS#12 files use it: PBES2 (RFC 8018) of today, and the SHA-1 schemes of RFC 7292 appendix C that
 * operating systems still export.
 *
 * Iteration counts come from the file: all of a file together may cost some ten seconds at most, so that a hostile one cannot
 * keep the application busy for hours.
 */
import { createDecipheriv, createHmac, hash, pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { type AlgorithmIdentifier, type MacData, PBES2Params, PBKDF2Params } from 'pkijs';
import { raise } from '../../../src-shared/result.ts';
import { decryptRc2Cbc } from './rc2.ts';

/** Rounds of key derivation that one file may ask for altogether; OpenSSL asks for 2,048 each, Windows and macOS for fewer. */
const roundsPerFile = 5_000_000;

/** What a file's key derivations cost so far; each derivation takes its rounds off before it runs. */
export interface RoundsBudget {
  left: number;
}
export const roundsBudget = (): RoundsBudget => ({ left: roundsPerFile });

function spend(budget: RoundsBudget, rounds: number): void {
  // A number beyond 32 bits reads as 0.
  if (!Number.isSafeInteger(rounds) || rounds < 1 || rounds > budget.left) {
    raise(
      'input',
      'p12.too_many_rounds',
      'The PKCS#12 file asks for more rounds of key derivation than any tool writes; it was not opened. Export it again.',
    );
  }
  budget.left -= rounds;
}

function unsupported(what: string, oid: string): never {
  return raise(
    'input',
    'p12.unsupported',
    `The PKCS#12 file uses ${what} that is not supported (${oid}); export it again with AES-256 and SHA-256.`,
    { oid },
  );
}

const digests: Readonly<Record<string, { readonly name: string; readonly bytes: number; readonly block: number }>> = {
  '1.3.14.3.2.26': { name: 'sha1', bytes: 20, block: 64 },
  '2.16.840.1.101.3.4.2.4': { name: 'sha224', bytes: 28, block: 64 },
  '2.16.840.1.101.3.4.2.1': { name: 'sha256', bytes: 32, block: 64 },
  '2.16.840.1.101.3.4.2.2': { name: 'sha384', bytes: 48, block: 128 },
  '2.16.840.1.101.3.4.2.3': { name: 'sha512', bytes: 64, block: 128 },
};
const sha1 = { name: 'sha1', bytes: 20, block: 64 };

/** Pseudo-random functions of PBKDF2 (RFC 8018 appendix B.1); SHA-1 where none is named. */
const prfs: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
};

const ciphers: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  '2.16.840.1.101.3.4.1.2': { name: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { name: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { name: 'aes-256-cbc', keyBytes: 32 },
  '1.2.840.113549.3.7': { name: 'des-ede3-cbc', keyBytes: 24 },
};

type Decipher = (key: Uint8Array, iv: Uint8Array, data: Uint8Array) => Uint8Array | null;

function platform(name: string): Decipher {
  return (key, iv, data) => {
    try {
      const decipher = createDecipheriv(name, key, iv);
      return Buffer.concat([decipher.update(data), decipher.final()]);
    } catch {
      return null;
    }
  };
}
const rc2 =
  (bits: number): Decipher =>
  (key, iv, data) =>
    decryptRc2Cbc(key, bits, iv, data);

/** RFC 7292 appendix C; RC4 (schemes 1 and 2) is left out: no tool of the last twenty years chose it by itself. */
const legacyCiphers: Readonly<Record<string, { readonly keyBytes: number; readonly decrypt: Decipher }>> = {
  '1.2.840.113549.1.12.1.3': { keyBytes: 24, decrypt: platform('des-ede3-cbc') },
  '1.2.840.113549.1.12.1.4': { keyBytes: 16, decrypt: platform('des-ede-cbc') },
  '1.2.840.113549.1.12.1.5': { keyBytes: 16, decrypt: rc2(128) },
  '1.2.840.113549.1.12.1.6': { keyBytes: 5, decrypt: rc2(40) },
};
const pbes2 = '1.2.840.113549.1.5.13';
const pbkdf2 = '1.2.840.113549.1.5.12';

/** UTF-16BE with a terminating zero (RFC 7292 appendix B.1). */
const bmpString = (passphrase: string): Buffer => Buffer.from(`${passphrase}\0`, 'utf16le').swap16();

const purposes = { key: 1, iv: 2, mac: 3 } as const;

/** Key derivation of RFC 7292 appendix B.2; `purpose` separates keys, vectors and MAC keys. */
function deriveBytes(
  purpose: keyof typeof purposes,
  digest: typeof sha1,
  passphrase: string,
  salt: Uint8Array,
  rounds: number,
  length: number,
): Buffer {
  const { name, block } = digest;
  const fill = (bytes: Uint8Array): Buffer =>
    Buffer.alloc(block * Math.ceil(bytes.length / block), bytes.length === 0 ? Buffer.alloc(1) : bytes);
  const input = Buffer.concat([fill(salt), fill(bmpString(passphrase))]);
  const diversifier = Buffer.alloc(block, purposes[purpose]);
  const out: Buffer[] = [];
  for (let made = 0; made < length; made += digest.bytes) {
    let a: Buffer = Buffer.concat([diversifier, input]);
    for (let round = 0; round < rounds; round += 1) a = hash(name, a, 'buffer');
    out.push(a);
    // Each block of the input grows by the repeated hash plus one, as a big-endian number of that size.
    const step = Buffer.alloc(block, a);
    for (let start = 0; start < input.length; start += block) {
      let carry = 1;
      for (let i = block - 1; i >= 0; i -= 1) {
        carry += (input[start + i] ?? 0) + (step[i] ?? 0);
        input[start + i] = carry & 0xff;
        carry >>= 8;
      }
    }
  }
  return Buffer.concat(out).subarray(0, length);
}

/** Bytes of an OCTET STRING that the parser hands over untyped. */
function octets(value: unknown): Uint8Array {
  if (typeof value === 'object' && value !== null && 'getValue' in value && typeof value.getValue === 'function') {
    const bytes: unknown = value.getValue();
    if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  }
  throw new TypeError('an octet string was expected');
}

/** Decrypts with a key made of the passphrase; null when passphrase and data do not fit. Throws for malformed parameters. */
export function decryptWithPassphrase(
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
  passphrase: string,
  budget: RoundsBudget,
): Uint8Array | null {
  const legacy = legacyCiphers[algorithm.algorithmId];
  if (legacy) {
    // pkcs-12PbeParams {salt, iterations}: PBKDF2's parameters begin with the same two and may end there.
    const parameters = new PBKDF2Params({ schema: algorithm.algorithmParams });
    const salt = octets(parameters.salt);
    const rounds = parameters.iterationCount;
    spend(budget, 3 * rounds);
    const key = deriveBytes('key', sha1, passphrase, salt, rounds, legacy.keyBytes);
    return legacy.decrypt(key, deriveBytes('iv', sha1, passphrase, salt, rounds, 8), data);
  }
  if (algorithm.algorithmId !== pbes2) return unsupported('an encryption', algorithm.algorithmId);
  const { keyDerivationFunc, encryptionScheme } = new PBES2Params({ schema: algorithm.algorithmParams });
  if (keyDerivationFunc.algorithmId !== pbkdf2) unsupported('a key derivation', keyDerivationFunc.algorithmId);
  const cipher = ciphers[encryptionScheme.algorithmId];
  if (!cipher) return unsupported('an encryption', encryptionScheme.algorithmId);
  const parameters = new PBKDF2Params({ schema: keyDerivationFunc.algorithmParams });
  const prf = parameters.prf ? prfs[parameters.prf.algorithmId] : 'sha1';
  if (prf === undefined) return unsupported('a key derivation', parameters.prf?.algorithmId ?? '');
  spend(budget, parameters.iterationCount);
  const key = pbkdf2Sync(passphrase, octets(parameters.salt), parameters.iterationCount, cipher.keyBytes, prf);
  return platform(cipher.name)(key, octets(encryptionScheme.algorithmParams), data);
}

/** Does the file's HMAC hold over `content` with this passphrase (RFC 7292 section 4)? */
export function macHolds(mac: MacData, content: Uint8Array, passphrase: string, budget: RoundsBudget): boolean {
  const { algorithmId } = mac.mac.digestAlgorithm;
  const digest = digests[algorithmId];
  if (!digest) return unsupported('an integrity check', algorithmId);
  const rounds = mac.iterations ?? 1;
  spend(budget, rounds);
  const key = deriveBytes('mac', digest, passphrase, octets(mac.macSalt), rounds, digest.bytes);
  const expected = createHmac(digest.name, key).update(content).digest();
  const stated = octets(mac.mac.digest);
  return stated.length === expected.length && timingSafeEqual(expected, stated);
}
