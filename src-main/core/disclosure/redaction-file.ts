/**
 * `redaction.json`, the mark of a redacted snapshot. Its presence alone makes every reader of whole snapshots refuse the file:
 * records that were withheld must never look like records that do not exist.
 */
import { type Redaction, redactionFormat, redactionSchema } from '../../../src-shared/domain/disclosure.ts';
import { raise } from '../../../src-shared/result.ts';
import { isJcs, toJcs } from '../canonical-json.ts';
import type { Shard } from '../snapshot/names.ts';
import { type Container, readMember } from '../snapshot/read.ts';

export const redactionMember = 'redaction.json';
/** The proof of half a million scattered records; beyond it, keeping everything is shorter. */
const maxRedactionBytes = 32 * 1024 * 1024;

/** Where the kept lines of a shard lie: never under the name of the whole shard. */
export const keptShardName = ({ kind, number }: Shard): string =>
  `disclosed/${kind}-${String(number).padStart(4, '0')}.ndjson`;

export const isRedacted = (container: Container): boolean => container.members.has(redactionMember);

/** Raises `input` / `snapshot.redacted` for a redacted snapshot where a whole one is needed. */
export function refuseRedacted(container: Container, what: string, hint: string): void {
  if (!isRedacted(container)) return;
  raise(
    'input',
    'snapshot.redacted',
    `${container.file} is a redacted snapshot and cannot be ${what}: it shows only some of the records that were signed, and the others would look as if they did not exist. ${hint}`,
    { file: container.file },
  );
}

/** Raises `input` / `redact.proof_too_large`. */
export function formatRedaction(redaction: Redaction): Buffer {
  const bytes = Buffer.from(`${toJcs(redaction)}\n`);
  if (bytes.length <= maxRedactionBytes) return bytes;
  return raise(
    'input',
    'redact.proof_too_large',
    `The proof for these records would have ${bytes.length} bytes and the limit is ${maxRedactionBytes}; nothing was written. Keep fewer records, or whole kinds.`,
    { bytes: bytes.length },
  );
}

/** Raises `trust` / `redaction.malformed`. Until a trusted signature was checked, at most 1 MiB of it is read. */
export async function readRedaction(container: Container): Promise<Redaction> {
  const bytes = await readMember(container, redactionMember, maxRedactionBytes);
  const text = bytes.toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return malformed(container, 'it is not JSON');
  }
  const parsed = redactionSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : undefined;
    return malformed(
      container,
      format === redactionFormat
        ? `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`
        : 'its format is one that this Assay does not know',
    );
  }
  if (!isJcs(json, bytes, '\n')) malformed(container, 'it is not in canonical form (RFC 8785)');
  return parsed.data;
}

function malformed(container: Container, why: string): never {
  return raise(
    'trust',
    'redaction.malformed',
    `${redactionMember} in ${container.file} cannot be used: ${why}. Ask for the original file.`,
    { file: container.file, reason: why },
  );
}
