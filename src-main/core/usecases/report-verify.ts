/** Is this PDF what was signed, and by whom? Strict: the whole file, one revision, a known certificate, the content's digest. */

import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { raise } from '../../../src-shared/result.ts';
import { verifyReport } from '../report/verify.ts';
import { knownCertificates, reportPdf } from '../store/report-queries.ts';
import type { EngineContext, Handler } from './context.ts';

const maxBytes = 512 * 1024 * 1024;

export const reportVerify: Handler<'report.verify'> = async (context, input) =>
  verifyReport(readReport(context, input), {
    knownCertificates: certificates(context, input),
    now: context.clock.now(),
  });

function readReport(context: EngineContext, input: ParsedInputOf<'report.verify'>): Uint8Array {
  if (input.id !== undefined) return reportPdf(context.workspace().reader, input.id);
  if (!input.file) return raise('usage', 'report.not_named', 'Name the report to verify.');
  return readBounded(context.grants.resolve(input.file));
}

function readBounded(path: string): Uint8Array {
  const name = basename(path);
  try {
    const { size } = statSync(path);
    if (size > maxBytes)
      raise('input', 'report.too_large', `${name} is larger than ${maxBytes} bytes; it was not read.`, { file: name });
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error)
      raise('input', 'report.unreadable', `${name} cannot be read (${String(error.code)}).`, { file: name });
    throw error;
  }
}

/** Certificates to believe: a PEM file, else those of the open workspace; null when nobody was named. */
function certificates(context: EngineContext, input: ParsedInputOf<'report.verify'>): readonly Uint8Array[] | null {
  if (input.trust) {
    const path = context.grants.resolve(input.trust);
    const blocks =
      Buffer.from(readBounded(path))
        .toString('latin1')
        .match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length === 0)
      raise('input', 'trust.no_certificate', `${basename(path)} holds no certificate in PEM form.`, {
        file: basename(path),
      });
    return blocks.map((block) => new X509Certificate(block).raw);
  }
  if (!context.hasWorkspace) return null;
  const workspace = context.workspace();
  return [workspace.signing.certificate, ...knownCertificates(workspace.reader)];
}
