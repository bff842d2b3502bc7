/**
 * RC2-CBC decryption (RFC 2268), for one purpose: opening PKCS#12 files as macOS, Windows and OpenSSL 1 wrote them, whose
 * certificates lie under 40-bit RC2. The platform's OpenSSL no longer has it. Nothing is ever encrypted with it here, and the
 * integrity of such a file rests on its HMAC, not on this cipher.
 */

/** RFC 2268 section 2, PITABLE: a permutation of the bytes drawn from the digits of pi. */
const pi = Buffer.from(
  `d978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2
   179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82
   54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb626
   6fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7
   08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ec
   c2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731
   2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a9
   0d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad`.replace(/\s/g, ''),
  'hex',
);

const blockBytes = 8;
const rotations = [1, 2, 3, 5] as const;

/** The 64 words of the expanded key (section 2); `effectiveBits` limits the search space, as export rules once asked. */
function expand(key: Uint8Array, effectiveBits: number): Uint16Array {
  const table = Buffer.alloc(128);
  table.set(key);
  const byte = (index: number): number => table[index] ?? 0;
  const substitute = (value: number): number => pi[value & 0xff] ?? 0;
  for (let i = key.length; i < 128; i += 1) table[i] = substitute(byte(i - 1) + byte(i - key.length));
  const effectiveBytes = Math.ceil(effectiveBits / 8);
  const first = 128 - effectiveBytes;
  table[first] = substitute(byte(first) & (0xff >> (8 * effectiveBytes - effectiveBits)));
  for (let i = first - 1; i >= 0; i -= 1) table[i] = substitute(byte(i + 1) ^ byte(i + effectiveBytes));
  return Uint16Array.from({ length: 64 }, (_, i) => table.readUInt16LE(2 * i));
}

/** One block in place (section 4). */
function decryptBlock(words: Uint16Array, key: Uint16Array): void {
  const word = (index: number): number => words[(index + 4) % 4] ?? 0;
  let next = 63;
  const mix = (rounds: number): void => {
    for (let round = 0; round < rounds; round += 1) {
      for (let i = 3; i >= 0; i -= 1) {
        const turn = rotations[i] ?? 0;
        const turned = (word(i) >>> turn) | (word(i) << (16 - turn));
        words[i] = turned - (key[next] ?? 0) - (word(i - 1) & word(i - 2)) - (~word(i - 1) & word(i - 3));
        next -= 1;
      }
    }
  };
  const mash = (): void => {
    for (let i = 3; i >= 0; i -= 1) words[i] = word(i) - (key[word(i - 1) & 63] ?? 0);
  };
  mix(5);
  mash();
  mix(6);
  mash();
  mix(5);
}

/** Plain text, or null when the padding (PKCS#7) does not hold: a wrong key, or other data. */
export function decryptRc2Cbc(
  key: Uint8Array,
  effectiveBits: number,
  iv: Uint8Array,
  data: Uint8Array,
): Uint8Array<ArrayBuffer> | null {
  if (data.length === 0 || data.length % blockBytes !== 0 || iv.length !== blockBytes) return null;
  const expanded = expand(key, effectiveBits);
  const out = Buffer.alloc(data.length);
  const words = new Uint16Array(4);
  let previous: Uint8Array = iv;
  for (let at = 0; at < data.length; at += blockBytes) {
    const block = Buffer.from(data.subarray(at, at + blockBytes));
    for (let i = 0; i < 4; i += 1) words[i] = block.readUInt16LE(2 * i);
    decryptBlock(words, expanded);
    for (let i = 0; i < 4; i += 1) out.writeUInt16LE(words[i] ?? 0, at + 2 * i);
    for (let i = 0; i < blockBytes; i += 1) out[at + i] = (out[at + i] ?? 0) ^ (previous[i] ?? 0);
    previous = block;
  }
  const padding = out.at(-1) ?? 0;
  const end = out.length - padding;
  if (padding < 1 || padding > blockBytes || !out.subarray(end).every((byte) => byte === padding)) return null;
  return new Uint8Array(out.subarray(0, end));
}
