/** Is this PDF what was signed, and by whom? Strict: the whole file, one revision, a known certificate, the content's digest. */
import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { raise } from '../../../src-shared/result.ts';
import { againstRecord } from '../report/recorded-file.ts';
import { verifyReport } from '../report/verify.ts';
import { knownCertificates } from '../store/report-queries.ts';
import type { EngineContext, Handler } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';
import { readReport } from './read-report.ts';

const maxTrustBytes = 4 * 1024 * 1024;

export const reportVerify: Handler<'report.verify'> = async (context, input) => {
  const { pdf, recorded } = readReport(context, input);
  const verification = await verifyReport(pdf, {
    knownCertificates: certificates(context, input),
    now: context.clock.now(),
    ...(recorded === undefined ? {} : { expectedModelDigest: recorded?.modelDigest ?? null }),
  });
  return recorded ? againstRecord(verification, recorded) : verification;
};

/** Certificates to believe: a PEM file, else those of the open workspace; null when nobody was named. */
function certificates(context: EngineContext, input: ParsedInputOf<'report.verify'>): readonly Uint8Array[] | null {
  if (input.trust) {
    const path = context.grants.resolve(input.trust);
    const file = basename(path);
    const blocks =
      Buffer.from(readBoundedFile(path, 'trust', maxTrustBytes))
        .toString('latin1')
        .match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
    if (blocks.length === 0)
      raise('input', 'trust.no_certificate', `${file} holds no certificate in PEM form.`, { file });
    try {
      return blocks.map((block) => new X509Certificate(block).raw);
    } catch {
      return raise('input', 'trust.no_certificate', `${file} holds a certificate that cannot be read.`, { file });
    }
  }
  if (!context.hasWorkspace) return null;
  const workspace = context.workspace();
  return [workspace.signing.certificate, ...knownCertificates(workspace.reader)];
}
