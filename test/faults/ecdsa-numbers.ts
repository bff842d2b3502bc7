/** ECDSA P-256 signatures as pairs of numbers (SEC 1 section 4.1), to write those that no signer would. */

/** Order of the group (FIPS 186-5, SP 800-186 section 3.2.1.3). */
export const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

export interface EcdsaNumbers {
  readonly r: bigint;
  readonly s: bigint;
}

/** From strict DER with short lengths. */
export function numbersOf(der: Buffer): EcdsaNumbers {
  const rBytes = der[3] ?? 0;
  const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
  return { r: toNumber(der.subarray(4, 4 + rBytes)), s: toNumber(der.subarray(6 + rBytes)) };
}

export function derOf(r: bigint, s: bigint): Buffer {
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

/** The other signature that the same key, message and nonce have: s replaced by its negative. */
export function highS(der: Buffer): Buffer {
  const { r, s } = numbersOf(der);
  return derOf(r, order - s);
}

function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, positive.length]), positive]);
}
