/** Is this PDF what was signed, and by whom? Strict: the whole file, one revision, a known certificate, the content's digest. */
import { X509Certificate } from 'node:crypto';
import { basename } from 'node:path';
import type { ParsedInputOf } from '../../../src-shared/contract/contract.ts';
import type { TrustSource } from '../../../src-shared/contract/schemas/trust.ts';
import { raise } from '../../../src-shared/result.ts';
import { againstRecord } from '../report/recorded-file.ts';
import { verifyReport } from '../report/verify.ts';
import { knownCertificates } from '../store/report-queries.ts';
import { isEnvelope } from '../trust/envelope.ts';
import { readSignedTrust } from '../trust/trust-file.ts';
import type { EngineContext, Handler } from './context.ts';
import { readReport } from './read-report.ts';
import { readText, signedSource } from './read-trust.ts';

const certificatePattern = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

export const reportVerify: Handler<'report.verify'> = async (context, input) => {
  const { pdf, recorded } = readReport(context, input);
  const { certificates, source } = believed(context, input);
  const verification = await verifyReport(pdf, {
    knownCertificates: certificates,
    now: context.clock.now(),
    ...(recorded === undefined ? {} : { expectedModelDigest: recorded?.modelDigest ?? null }),
  });
  const answer = recorded ? againstRecord(verification, recorded) : verification;
  return source ? { ...answer, trust: source } : answer;
};

interface Believed {
  /** null: nobody was named. */
  readonly certificates: readonly Uint8Array[] | null;
  readonly source?: TrustSource;
}

/** A signed trust file or a PEM file, else the certificates of the open workspace. */
function believed(context: EngineContext, { trust, issuer }: ParsedInputOf<'report.verify'>): Believed {
  if (!trust) {
    if (!context.hasWorkspace) return { certificates: null };
    const workspace = context.workspace();
    return { certificates: [workspace.signing.certificate, ...knownCertificates(workspace.reader)] };
  }
  const path = context.grants.resolve(trust);
  const file = basename(path);
  const text = readText(path);
  if (isEnvelope(text)) {
    const signed = readSignedTrust(text, file);
    return { certificates: signed.certificates, source: signedSource(signed, file, issuer) };
  }
  if (issuer !== undefined)
    raise(
      'trust',
      'trust.unsigned',
      `${file} carries no signature, so it cannot come from the issuer that was named.`,
      {
        file,
      },
    );
  return { certificates: pemCertificates(text, file) };
}

function pemCertificates(text: string, file: string): readonly Uint8Array[] {
  const blocks = text.match(certificatePattern) ?? [];
  if (blocks.length === 0)
    raise(
      'input',
      'trust.no_certificate',
      `${file} holds no certificate in PEM form and is no signed trust file; a plain trust file names publisher keys only.`,
      { file },
    );
  try {
    return blocks.map((block) => new X509Certificate(block).raw);
  } catch {
    return raise('input', 'trust.no_certificate', `${file} holds a certificate that cannot be read.`, { file });
  }
}
