/**
 * Renders a report again from the data it carries. What was compared, and what was not, is part of the answer: the pages with
 * the attached data, never the attached data with the snapshots it came from.
 */
import { sha256Hex } from '../canonical-json.ts';
import { type Replay, replayReport } from '../report/replay.ts';
import type { Handler } from './context.ts';
import { type NamedReport, readReport } from './read-report.ts';

export const reportReplay: Handler<'report.replay'> = async (context, input, job) => {
  const named = readReport(context, input);
  const { line, replayed } = await replayReport(named.pdf, job);
  return {
    ok: line.state === 'pass',
    result: line,
    replayed: replayedSentence(replayed, named.pdf.length),
    notReplayed:
      'Who signed the report is not judged here, and the attached data was not derived again from the snapshots.',
    record: recordLine(named, replayed),
    pages: replayed?.pages ?? null,
    modelDigest: replayed?.modelDigest ?? null,
    sha256: sha256Hex(named.pdf),
  };
};

function replayedSentence(replayed: Replay['replayed'], bytes: number): string {
  if (!replayed) return 'Nothing was rendered again.';
  const what =
    replayed.bytes === bytes
      ? `the whole file (${bytes} bytes, ${replayed.pages} pages)`
      : `the first ${replayed.bytes} of ${bytes} bytes (${replayed.pages} pages), all but what signing appended`;
  return `Rendered again from the data attached to the file and compared byte for byte: ${what}.`;
}

function recordLine({ recorded }: NamedReport, replayed: Replay['replayed']) {
  if (recorded === undefined)
    return {
      state: 'unknown',
      code: 'record.not_asked',
      text: 'No workspace was named to compare the attached data with.',
    } as const;
  return recorded && replayed && recorded.modelDigest === replayed.modelDigest
    ? ({
        state: 'pass',
        code: 'record.known',
        text: `The attached data is that of report ${recorded.id} of this workspace.`,
      } as const)
    : ({
        state: 'warn',
        code: 'record.unknown',
        text: 'This workspace recorded no report with the attached data.',
      } as const);
}
