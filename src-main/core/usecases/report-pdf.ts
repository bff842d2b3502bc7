import { findReport, reportPdf as pdfOf } from '../store/report-queries.ts';
import type { Handler } from './context.ts';

/** The bytes of a stored report, for the window's preview. */
export const reportPdf: Handler<'report.pdf'> = (context, input) => {
  const db = context.workspace().reader;
  const report = findReport(db, input.id);
  return { name: `${report.template}-${report.id}.pdf`, bytes: new Uint8Array(pdfOf(db, input.id)) };
};
