/**
 * How releases before 1.0 of the OpenSSF model-signing library encoded what they signed.
 *
 * By mistake they put Python's source form of the payload (`b'...'`, from formatting bytes into text) behind `DSSEV1`, and the
 * certificate mode hashed with SHA-256 whatever the curve. The form is injective, so a signature over it binds the payload as
 * well as the right one does. Source: `pae_compat` in `sign_sigstore_pb.py` and the fallback in `sign_certificate.py` of 1.1.
 */

const escapes: ReadonlyMap<number, string> = new Map([
  [9, '\\t'],
  [10, '\\n'],
  [13, '\\r'],
  [92, '\\\\'],
]);

/** `repr(bytes)` of CPython, in ASCII: double quotes only where single quotes, and no double quotes, occur inside. */
export function pythonBytesLiteral(bytes: Uint8Array): Buffer {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? '"' : "'";
  const written = Array.from({ length: 256 }, (_, byte) => Buffer.from(writtenByte(byte, quote), 'latin1'));
  const literal = Buffer.allocUnsafe(4 * bytes.length + 3);
  let end = literal.write(`b${quote}`, 'latin1');
  for (const byte of bytes) for (const character of written[byte] ?? []) literal[end++] = character;
  end += literal.write(quote, end, 'latin1');
  return literal.subarray(0, end);
}

function writtenByte(byte: number, quote: string): string {
  const character = String.fromCharCode(byte);
  if (character === quote) return `\\${quote}`;
  const printable = byte >= 0x20 && byte < 0x7f;
  return escapes.get(byte) ?? (printable ? character : `\\x${byte.toString(16).padStart(2, '0')}`);
}

/** The mistaken pre-authentication encoding. */
export const legacyPae = (payloadType: string, payload: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`DSSEV1 ${payloadType.length} ${payloadType} ${payload.length} `),
    pythonBytesLiteral(payload),
  ]);
