/** Reports kept in the workspace: the file, its model (the twin) and who signed it. */
import { z } from 'zod';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { reportSchema, type TemplateId } from '../../../src-shared/contract/schemas/report.ts';
import { raise } from '../../../src-shared/result.ts';
import type { ReadableDb, SqlValue, WritableDb } from './database.ts';

export type Report = OutputOf<'report.build'>;

const columns = `report_id, template, title, built_at, built_by, as_of, pages, length(pdf) AS bytes, sha256, model_digest, conclusion, signed_at, signer`;

const reportRow = z
  .object({
    report_id: z.int(),
    template: z.string(),
    title: z.string(),
    built_at: z.string(),
    built_by: z.string(),
    as_of: z.string(),
    pages: z.int(),
    bytes: z.int(),
    sha256: z.string(),
    model_digest: z.string(),
    conclusion: z.string(),
    signed_at: z.string().nullable(),
    signer: z.string().nullable(),
  })
  .transform((row) =>
    reportSchema.parse({
      id: row.report_id,
      name: row.title,
      template: row.template,
      title: row.title,
      builtAt: row.built_at,
      builtBy: row.built_by,
      asOf: row.as_of,
      pages: row.pages,
      bytes: row.bytes,
      sha256: row.sha256,
      modelDigest: row.model_digest,
      signed: row.signed_at !== null,
      signedAt: row.signed_at,
      signer: row.signer,
      conclusion: row.conclusion,
    }),
  );

export function listReports(db: ReadableDb): Report[] {
  return z
    .array(reportRow)
    .parse(db.read<readonly SqlValue[], unknown>(`SELECT ${columns} FROM report ORDER BY report_id DESC`).all());
}

export function findReport(db: ReadableDb, id: number): Report {
  const row = db.read<readonly SqlValue[], unknown>(`SELECT ${columns} FROM report WHERE report_id = ?`).get(id);
  return row === undefined ? raise('usage', 'report.unknown', `There is no report ${id}.`) : reportRow.parse(row);
}

export function reportPdf(db: ReadableDb, id: number): Uint8Array {
  const row = db.read<readonly SqlValue[], unknown>('SELECT pdf FROM report WHERE report_id = ?').get(id);
  if (row === undefined) return raise('usage', 'report.unknown', `There is no report ${id}.`);
  return z.object({ pdf: z.instanceof(Uint8Array) }).parse(row).pdf;
}

export interface NewReport {
  readonly template: TemplateId;
  readonly title: string;
  readonly builtAt: string;
  readonly builtBy: string;
  readonly asOf: string;
  readonly pages: number;
  readonly sha256: string;
  readonly modelDigest: string;
  readonly model: string;
  readonly conclusion: string;
  readonly pdf: Uint8Array;
}

export function insertReport(db: WritableDb, report: NewReport): number {
  const inserted = db
    .write<readonly SqlValue[]>(
      `INSERT INTO report (template, title, built_at, built_by, as_of, pages, sha256, model_digest, model, conclusion, pdf)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      report.template,
      report.title,
      report.builtAt,
      report.builtBy,
      report.asOf,
      report.pages,
      report.sha256,
      report.modelDigest,
      report.model,
      report.conclusion,
      report.pdf,
    );
  return Number(inserted.lastInsertRowid);
}

/** Replaces the file by its signed form; a report is signed once and never again. */
export function storeSignature(
  db: WritableDb,
  id: number,
  signed: {
    readonly pdf: Uint8Array;
    readonly sha256: string;
    readonly signedAt: string;
    readonly signer: string;
    readonly certificate: Uint8Array;
  },
): void {
  const { changes } = db
    .write<readonly SqlValue[]>(
      'UPDATE report SET pdf = ?, sha256 = ?, signed_at = ?, signer = ?, signer_certificate = ? WHERE report_id = ? AND signed_at IS NULL',
    )
    .run(signed.pdf, signed.sha256, signed.signedAt, signed.signer, signed.certificate, id);
  if (changes !== 1)
    raise('refused', 'report.already_signed', `Report ${id} is already signed; build a new one that replaces it.`);
}

/** What this workspace recorded of one report: the file as it was last stored, signed or not. */
export interface RecordedReport {
  readonly id: number;
  readonly sha256: string;
  readonly modelDigest: string;
  readonly signed: boolean;
}

/** The report with this content, the one with exactly this file first; null when this workspace knows none. */
export function findByModelDigest(db: ReadableDb, modelDigest: string, sha256: string): RecordedReport | null {
  const row = db
    .read<readonly SqlValue[], unknown>(
      `SELECT report_id AS id, sha256, model_digest AS modelDigest, signed_at IS NOT NULL AS signed FROM report
       WHERE model_digest = ? ORDER BY sha256 = ? DESC, report_id DESC LIMIT 1`,
    )
    .get(modelDigest, sha256);
  return row === undefined ? null : recordedRow.parse(row);
}

const recordedRow = z
  .object({ id: z.int(), sha256: z.string(), modelDigest: z.string(), signed: z.int() })
  .transform((row): RecordedReport => ({ ...row, signed: row.signed === 1 }));

export function reportCount(db: ReadableDb): number {
  return z.object({ n: z.int() }).parse(db.read<readonly SqlValue[], unknown>('SELECT count(*) AS n FROM report').get())
    .n;
}

/** The newest signed certificate, which the next one continues. */
export function previousCertificate(
  db: ReadableDb,
): { readonly reportId: string; readonly modelDigest: string } | null {
  const row = db
    .read<readonly SqlValue[], unknown>(
      `SELECT model ->> '$.cover.reportId' AS reportId, model_digest AS modelDigest FROM report
       WHERE template = 'reconciliation-certificate' AND signed_at IS NOT NULL ORDER BY report_id DESC LIMIT 1`,
    )
    .get();
  return row === undefined ? null : z.object({ reportId: z.string(), modelDigest: z.string() }).parse(row);
}

/** Certificates that signed reports in this workspace. */
export function knownCertificates(db: ReadableDb): Uint8Array[] {
  return z
    .array(z.object({ certificate: z.instanceof(Uint8Array) }))
    .parse(
      db
        .read<readonly SqlValue[], unknown>(
          'SELECT DISTINCT signer_certificate AS certificate FROM report WHERE signer_certificate IS NOT NULL',
        )
        .all(),
    )
    .map((row) => row.certificate);
}
