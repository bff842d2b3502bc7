/** Signs a stored report, with the user's own certificate or one from a PKCS#12 file; once, certifying the whole document. */
import { createHash } from 'node:crypto';
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import { raise } from '../../../src-shared/result.ts';
import { sha256Hex } from '../canonical-json.ts';
import { appendActivity } from '../ledger/activity.ts';
import { toInstant } from '../ports.ts';
import type { SigningIdentity } from '../report/pkcs12.ts';
import { signReport } from '../report/sign.ts';
import { findReport, reportPdf, storeSignature } from '../store/report-queries.ts';
import type { EngineContext, Handler } from './context.ts';
import { readBoundedFile } from './read-bounded-file.ts';
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
  const identity = await identityOf(context, input, now);
  const pdf = await signReport(reportPdf(db, report.id), {
    ...identity,
    reason: `Issued as ${report.template.replaceAll('-', ' ')}`,
    signedAt: now,
  });
  const sha256 = sha256Hex(pdf);
  db.transaction(() => {
    storeSignature(db, report.id, {
      pdf,
      sha256,
      signedAt: toInstant(now),
      signer: identity.name,
      certificate: identity.certificate,
    });
    appendActivity(
      workspace,
      {
        action: 'report.signed',
        summary: input.p12
          ? `Signed report ${report.id} with the certificate of ${identity.name}`
          : `Signed report ${report.id}`,
        details: {
          report: report.id,
          sha256,
          modelDigest: report.modelDigest,
          certificate: createHash('sha256').update(identity.certificate).digest('hex'),
        },
      },
      now,
    );
  });
  if (input.file) await writeWholeFile(context.grants.resolve(input.file), pdf);
  return findReport(db, report.id);
};

async function identityOf(
  context: EngineContext,
  { p12 }: ParsedInputOf<'report.sign'>,
  now: Date,
): Promise<SigningIdentity> {
  if (p12) {
    // The parser of such files is large, and most reports are signed with the user's own certificate.
    const { loadPkcs12, maxPkcs12Bytes } = await import('../report/pkcs12.ts');
    const bytes = readBoundedFile(context.grants.resolve(p12.file), 'p12', maxPkcs12Bytes);
    return loadPkcs12(bytes, p12.passphrase, now);
  }
  const { signing, user } = context.workspace();
  return { privateKey: signing.p256, certificate: signing.certificate, chain: [], name: user.name };
}
