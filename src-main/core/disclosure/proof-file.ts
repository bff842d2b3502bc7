/** `proof.json` as bytes: RFC 8785 text and one newline, read strictly and within fixed limits. */
import { type ProofDocument, proofFormat, proofSchema } from '../../../src-shared/domain/disclosure.ts';
import { raise } from '../../../src-shared/result.ts';
import { isJcs, toJcs } from '../canonical-json.ts';
import { compareRefs } from './record-order.ts';

/** A thousand records of usual size with their proof take a tenth of this. */
export const maxProofBytes = 16 * 1024 * 1024;

/** Raises `input` / `proof.too_large`. */
export function formatProof(proof: ProofDocument): Buffer {
  const bytes = Buffer.from(`${toJcs(proof)}\n`);
  if (bytes.length > maxProofBytes) {
    raise(
      'input',
      'proof.too_large',
      `The proof would have ${bytes.length} bytes and the limit is ${maxProofBytes}; none was written. Prove fewer records at a time, or redact the snapshot.`,
      { bytes: bytes.length },
    );
  }
  return bytes;
}

/**
 * Raises `input` / `proof.malformed` or `proof.version`. Canonical form is demanded, so that every JSON reader sees the same
 * document and two different files are never the same proof.
 */
export function parseProof(bytes: Uint8Array, file: string): ProofDocument {
  const text = decode(bytes, file);
  const json = parseJson(text, file);
  const format = typeof json === 'object' && json !== null && 'format' in json ? json.format : undefined;
  if (typeof format === 'string' && format.startsWith('urn:assay:proof:') && format !== proofFormat) {
    raise(
      'input',
      'proof.version',
      `${file} is a proof in the format ${format.slice(0, 60)}, which this Assay does not know; it reads ${proofFormat}. Nothing was concluded; use a newer Assay.`,
      { file, format },
    );
  }
  const parsed = proofSchema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return malformed(file, `${issue?.message ?? 'unexpected content'} at ${issue?.path.join('.') || 'the top level'}`);
  }
  if (!isJcs(json, Buffer.from(text), '\n'))
    malformed(file, 'it is not in canonical form (RFC 8785) with one newline at its end');
  const { leaves, absent } = parsed.data;
  if (leaves.length + absent.length === 0) malformed(file, 'it holds neither a record nor an absence');
  if (leaves.some(({ index }, at) => index <= (leaves[at - 1]?.index ?? -1)))
    malformed(file, 'its records do not ascend by leaf index, or one occurs twice');
  if (absent.some((ref, at) => at > 0 && compareRefs(absent[at - 1] ?? ref, ref) >= 0))
    malformed(file, 'its absent records are not in order, or one occurs twice');
  return parsed.data;
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return malformed(file, 'it is not valid UTF-8');
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return malformed(file, 'it is not JSON');
  }
}

function malformed(file: string, why: string): never {
  return raise(
    'input',
    'proof.malformed',
    `${file} is not a proof as Assay writes it: ${why}. Nothing was concluded; ask for the original file.`,
    { file, reason: why },
  );
}
