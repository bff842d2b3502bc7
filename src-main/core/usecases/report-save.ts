import { sha256Hex } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { reportPdf } from '../store/report-queries.ts';
import type { Handler } from './context.ts';
import { writeWholeFile } from './write-whole-file.ts';

/** Writes a stored report to a file that a person chose. */
export const reportSave: Handler<'report.save'> = async (context, input) => {
  const workspace = context.workspace();
  const pdf = reportPdf(workspace.reader, input.id);
  await writeWholeFile(context.grants.resolve(input.file), pdf);
  const sha256 = sha256Hex(pdf);
  appendActivity(
    workspace,
    { action: 'report.exported', summary: `Wrote report ${input.id} to a file`, details: { report: input.id, sha256 } },
    context.clock.now(),
  );
  return { bytes: pdf.byteLength, sha256 };
};
