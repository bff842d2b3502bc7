/**
 * Many small evidence files in one member, for collections that would not fit into a container otherwise.
 *
 * One JSON object (RFC 8785) a line: `{name, sha256, text}` for UTF-8 files, `{name, sha256, base64}` for others. Whoever
 * reads evidence through `VerifiedSnapshot.evidence()` sees the files themselves, so locators in records stay valid.
 */
import { z } from 'zod';
import { AssayError, raise } from '../../../src-shared/result.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';
import { decodeBase64 } from '../trust/base64.ts';
import { limits } from './limits.ts';

const lineSchema = z.union([
  z.strictObject({ name: z.string(), sha256: z.string(), text: z.string() }),
  z.strictObject({ name: z.string(), sha256: z.string(), base64: z.string() }),
]);

export interface EvidenceFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** One line with its newline, or null when the file is too large to share a member. */
export function evidenceLine(name: string, bytes: Buffer): Buffer | null {
  const sha256 = sha256Hex(bytes);
  const text = bytes.toString('utf8');
  const line = Buffer.from(text).equals(bytes)
    ? toJcs({ name, sha256, text })
    : toJcs({ name, sha256, base64: bytes.toString('base64') });
  const encoded = Buffer.from(`${line}\n`);
  return encoded.length > limits.lineBytes ? null : encoded;
}

/** Files of a bundle member whose digest has been checked. Raises `input` / `evidence.malformed`. */
export function* readEvidenceBundle(member: string, bytes: Buffer): Generator<EvidenceFile> {
  let start = 0;
  for (let line = 1; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    if (end < 0) malformed(member, line);
    yield readLine(member, line, bytes.subarray(start, end));
    start = end + 1;
  }
}

function readLine(member: string, line: number, bytes: Buffer): EvidenceFile {
  try {
    const entry = lineSchema.parse(JSON.parse(bytes.toString('utf8')));
    const content = 'text' in entry ? Buffer.from(entry.text) : decodeBase64(entry.base64);
    if (!content || sha256Hex(content) !== entry.sha256) return malformed(member, line);
    return { name: entry.name, bytes: content, sha256: entry.sha256 };
  } catch (error) {
    if (error instanceof AssayError) throw error;
    return malformed(member, line);
  }
}

function malformed(member: string, line: number): never {
  return raise(
    'input',
    'evidence.malformed',
    `${member} line ${line} is not an evidence file in the form that a packer writes. Nothing was imported.`,
    {
      member,
      line,
    },
  );
}
