/** The report that a call names: a file that a person picked, or one that is stored in the open workspace. */
import type { Grant } from '../../../src-shared/contract/schemas/workspace.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { carriedModelDigest } from '../report/twin.ts';
import { findByModelDigest, findReport, type RecordedReport, reportPdf } from '../store/report-queries.ts';
import type { EngineContext } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';

const maxBytes = 512 * 1024 * 1024;

export interface NamedReport {
  readonly pdf: Uint8Array;
  /** What the open workspace recorded of it; null when it knows no such report; absent when no workspace is open. */
  readonly recorded?: RecordedReport | null;
}

export function readReport(
  context: EngineContext,
  named: { readonly file?: Grant | undefined; readonly id?: number | undefined },
): NamedReport {
  if (named.id !== undefined) {
    const db = context.workspace().reader;
    return { pdf: reportPdf(db, named.id), recorded: findReport(db, named.id) };
  }
  if (!named.file) return raise('usage', 'report.not_named', 'Name the report: a file, or one of the workspace.');
  const pdf = readBoundedFile(context.grants.resolve(named.file), 'report', maxBytes);
  if (!context.hasWorkspace) return { pdf };
  const digest = carriedModelDigest(pdf);
  return {
    pdf,
    recorded: digest === null ? null : findByModelDigest(context.workspace().reader, digest, sha256Hex(pdf)),
  };
}
