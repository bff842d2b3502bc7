/**
 * Is the file that was verified the one that this workspace recorded?
 *
 * A signature says nothing about a file that was put in its place: the unsigned beginning of a signed report is a well-formed
 * report too, and so is the same content signed by somebody else. The workspace knows the digest of the file it made.
 */
import type { ReportVerification } from '../../../src-shared/contract/schemas/report.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';

export interface RecordedFile {
  readonly id: number;
  readonly sha256: string;
  readonly signed: boolean;
}

/** The answers with what the workspace's record adds to the one about content; `ok` falls where the record contradicts. */
export function againstRecord(verification: ReportVerification, recorded: RecordedFile): ReportVerification {
  const { content, sha256 } = verification;
  if (content.state === 'fail') return verification;
  const line = (state: CheckLine['state'], code: string, text: string): CheckLine => ({ state, code, text });
  if (recorded.sha256 === sha256) {
    return content.state === 'pass'
      ? {
          ...verification,
          content: line(
            'pass',
            'content.recorded_file',
            `${content.text} The file is byte for byte report ${recorded.id} as it was stored here.`,
          ),
        }
      : verification;
  }
  if (recorded.signed) {
    return {
      ...verification,
      ok: false,
      content: line(
        'fail',
        'content.other_file',
        `This content was signed here as report ${recorded.id}, in another file (SHA-256 ${recorded.sha256}): this one is a copy without that signature, or was changed or put in its place. Ask for the original.`,
      ),
    };
  }
  return {
    ...verification,
    content: line(
      content.state === 'pass' ? 'warn' : content.state,
      'content.signed_elsewhere',
      `This content is report ${recorded.id} of this workspace, which was not signed here: the signature was added elsewhere.`,
    ),
  };
}
