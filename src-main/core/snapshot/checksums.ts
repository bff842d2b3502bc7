/**
 * `evidence/SHA256SUMS`: digests of the evidence that does not fit among a statement's subjects, in the form that
 * `sha256sum --check` reads. The list is itself a subject, so the signature reaches everything it names.
 */
import { isReservedEvidence, isSignatureFile, nameProblem } from './names.ts';
import { refuseStatement, type SignedMember } from './statement.ts';

const linePattern = /^([0-9a-f]{64}) {2}(.+)$/s;

export interface Checksum {
  readonly name: string;
  readonly sha256: string;
}

export const writeChecksums = (entries: readonly Checksum[]): Buffer =>
  Buffer.from(entries.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));

/** Parses a list whose digest has been checked. Raises `trust` / `statement.checksums`. */
export function parseChecksums(bytes: Buffer, subjects: ReadonlySet<string>): readonly SignedMember[] {
  const text = bytes.toString('utf8');
  if (!text.endsWith('\n')) refuseStatement('checksums', 'the last line of the checksum list is cut off');
  const seen = new Set<string>();
  return text
    .slice(0, -1)
    .split('\n')
    .map((line, index): SignedMember => {
      const [, sha256, name] = linePattern.exec(line) ?? [];
      if (sha256 === undefined || name === undefined || nameProblem(name)) {
        return refuseStatement('checksums', `line ${index + 1} of the checksum list is malformed`);
      }
      const misplaced = !name.startsWith('evidence/') || isReservedEvidence(name) || isSignatureFile(name);
      if (misplaced || subjects.has(name) || seen.has(name)) {
        return refuseStatement('checksums', `line ${index + 1} of the checksum list names "${name}", which it may not`);
      }
      seen.add(name);
      return { name, sha256, bytes: null, content: 'evidence' };
    });
}
