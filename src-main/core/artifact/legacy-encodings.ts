/**
 * How releases before 1.0 of the OpenSSF model-signing library encoded what they signed.
 *
 * By mistake they put Python's source form of the payload (`b'...'`, from formatting bytes into text) behind `DSSEV1`, and the
 * certificate mode hashed with SHA-256 whatever the curve. The form is injective, so a signature over it binds the payload as
 * well as the right one does. Source: `pae_compat` in `sign_sigstore_pb.py` and the fallback in `sign_certificate.py` of 1.1.
 */

const escapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };

/** `repr(bytes)` of CPython: double quotes only where single quotes, and no double quotes, occur inside. */
export function pythonBytesLiteral(bytes: Uint8Array): string {
  const quote = bytes.includes(0x27) && !bytes.includes(0x22) ? 0x22 : 0x27;
  const mark = String.fromCharCode(quote);
  let text = `b${mark}`;
  for (const byte of bytes) {
    if (byte === quote) text += `\\${mark}`;
    else if (escapes[byte] !== undefined) text += escapes[byte];
    else if (byte < 0x20 || byte >= 0x7f) text += `\\x${byte.toString(16).padStart(2, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return text + mark;
}

/** The mistaken pre-authentication encoding. */
export const legacyPae = (payloadType: string, payload: Uint8Array): Buffer =>
  Buffer.from(`DSSEV1 ${payloadType.length} ${payloadType} ${payload.length} ${pythonBytesLiteral(payload)}`);
