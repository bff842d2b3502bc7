/** Composes, renders and keeps a report; the file that was asked for is written whole or not at all. */
import { sha256Hex, toJcs } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import { composeInternalAudit } from '../report/compose-internal-audit.ts';
import { composeReconciliationCertificate } from '../report/compose-reconciliation-certificate.ts';
import { requireIssuable } from '../report/gate.ts';
import { modelDigest } from '../report/model.ts';
import { renderInWorker } from '../report/render-in-worker.ts';
import { findReport, insertReport } from '../store/report-queries.ts';
import type { Handler } from './context.ts';
import { gatherReportInputs } from './gather-report-inputs.ts';
import { writeWholeFile } from './write-whole-file.ts';

export const reportBuild: Handler<'report.build'> = async (context, input, job) => {
  const workspace = context.workspace();
  const db = workspace.writer;
  job.report({ phase: 'gather', done: 0, total: 0, unit: 'records' });
  const now = context.clock.now();
  const inputs = gatherReportInputs(workspace, db, {
    template: input.template,
    title: input.title ?? null,
    preparedBy: input.preparedBy ?? workspace.user.name,
    reviewedBy: input.reviewedBy ?? '',
    classification: input.classification,
    now,
  });
  requireIssuable(inputs);
  const model =
    input.template === 'internal-audit' ? composeInternalAudit(inputs) : composeReconciliationCertificate(inputs);
  job.throwIfCancelled();
  const { pdf, pages } = await renderInWorker(model, { generatedAt: now, job });
  job.throwIfCancelled();
  const digest = modelDigest(model);
  const path = input.file ? context.grants.resolve(input.file) : null;
  const id = db.transaction(() => {
    const inserted = insertReport(db, {
      template: input.template,
      title: model.title,
      builtAt: toInstant(now),
      builtBy: workspace.user.name,
      asOf: inputs.asOf,
      pages,
      sha256: sha256Hex(pdf),
      modelDigest: digest,
      model: toJcs(model),
      conclusion: model.conclusion.text,
      pdf,
    });
    appendActivity(
      workspace,
      {
        action: 'report.built',
        summary: `Built ${input.template}, ${pages} pages`,
        details: { report: inserted, template: input.template, modelDigest: digest, sha256: sha256Hex(pdf) },
      },
      now,
    );
    return inserted;
  });
  if (path !== null) await writeWholeFile(path, pdf);
  return findReport(db, id);
};
