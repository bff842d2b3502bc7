/** When an artifact was signed: as a rule nobody but the signer says so, and then it is not known. */
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { toInstant } from '../ports.ts';
import type { SignatureFile } from './signature-file.ts';
import { type ArtifactTrust, type Candidate, certificateCandidate, type SignerDecision } from './signers.ts';

export interface SignedAt {
  /** Log entries and timestamps that nobody checked. */
  readonly uncheckedTimes: number;
  readonly now: Date;
}

/** Whom the certificate in a signature file names, judged against the authorities; null: there is none. The X.509 library is loaded only here. */
export async function certifiedSigner(file: SignatureFile, trust: ArtifactTrust): Promise<Candidate | null> {
  if (file.certificates.length === 0) return null;
  const { judgeCertificate } = await import('./certificate-chain.ts');
  return certificateCandidate(judgeCertificate(file.certificates, trust.authorities), trust.authorities.length > 0);
}

/** `by`: whose signature it is; a certificate that somebody else's signature does not rest on says nothing about its time. */
export function timeLine({ by }: Pick<SignerDecision, 'by'>, { uncheckedTimes, now }: SignedAt): CheckLine {
  const certificate = by?.certificate;
  const carried =
    uncheckedTimes > 0
      ? ` It carries ${uncheckedTimes} log entries or timestamps, which cannot be checked without the keys of their issuers.`
      : '';
  if (!certificate)
    return {
      state: 'unknown',
      code: 'time.unknown',
      text: `Signing time unknown: the signature vouches for none.${carried}`,
    };
  const period = `${toInstant(certificate.notBefore)} to ${toInstant(certificate.notAfter)}`;
  const outside = now < certificate.notBefore || now > certificate.notAfter;
  return outside
    ? {
        state: 'warn',
        code: 'time.certificate_ended',
        text: `Signing time unknown, and the certificate, valid ${period}, is not valid today: the signature may be older or not.${carried}`,
      }
    : {
        state: 'unknown',
        code: 'time.unknown',
        text: `Signing time unknown: the certificate is valid ${period}, nothing else narrows it down.${carried}`,
      };
}

export const recordedTime = (takenAt: string): CheckLine => ({
  state: 'unknown',
  code: 'time.recorded',
  text: `Signing time unknown: the files carry no signature; their digest was recorded by ${takenAt}, by the source's clock.`,
});
