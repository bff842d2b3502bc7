/** Signs a stored report with the user's own certificate; once, as a certification of the whole document. */

import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { signReport } from '../report/sign.ts';
import { findReport, reportPdf, storeSignature } from '../store/report-queries.ts';
import type { Handler } from './context.ts';
import { writeWholeFile } from './write-whole-file.ts';

export const reportSign: Handler<'report.sign'> = async (context, input, job) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  const report = findReport(db, input.id);
  if (report.signed)
    raise(
      'refused',
      'report.already_signed',
      `Report ${report.id} is already signed; build a new one that replaces it.`,
    );
  job.report({ phase: 'sign', done: 0, total: report.bytes, unit: 'bytes' });
  const now = context.clock.now();
  const pdf = await signReport(reportPdf(db, report.id), {
    privateKey: workspace.signing.p256,
    certificate: workspace.signing.certificate,
    name: workspace.user.name,
    reason: `Issued as ${report.template.replaceAll('-', ' ')}`,
    signedAt: now,
  });
  const sha256 = sha256Hex(pdf);
  db.transaction(() => {
    storeSignature(db, report.id, {
      pdf,
      sha256,
      signedAt: toInstant(now),
      signer: workspace.user.name,
      certificate: workspace.signing.certificate,
    });
    appendActivity(
      workspace,
      {
        action: 'report.signed',
        summary: `Signed report ${report.id}`,
        details: { report: report.id, sha256, modelDigest: report.modelDigest },
      },
      now,
    );
  });
  if (input.file) await writeWholeFile(context.grants.resolve(input.file), pdf);
  return findReport(db, report.id);
};
