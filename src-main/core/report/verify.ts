/**
 * Verifies a signed report and answers five questions apart: unchanged? by whom? when? nothing hidden? does it say what its data
 * says? Identity is judged only against certificates that the caller names; a name inside a certificate proves nothing.
 */
import { createHash, X509Certificate } from 'node:crypto';
import { PDF } from '@libpdf/core';
import type { ReportVerification } from '../../../src-shared/contract/schemas/report.ts';
import type { CheckLine } from '../../../src-shared/domain/trust.ts';
import { sha256Hex, toJcs } from '../canonical-json.ts';
import { toInstant } from '../ports.ts';
import { commonName } from './certificate-name.ts';
import { checkCms } from './cms.ts';
import { reportModelSchema, twinFileName } from './model.ts';
import { fromPdfDate } from './pdf-dates.ts';
import type { PdfFile } from './pdf-file.ts';
import { isText } from './pdf-syntax.ts';
import { statedDigest, twinOf } from './twin.ts';
import { checkStructure, type SignatureSlot } from './verify-structure.ts';

export interface VerifyOptions {
  /** DER of the certificates to believe, signers' own or their issuers'; null: none named, identity stays unknown. */
  readonly knownCertificates: readonly Uint8Array[] | null;
  /** Content digest that the workspace recorded; null: the workspace knows no such report; absent: nothing to compare with. */
  readonly expectedModelDigest?: string | null;
  readonly now: Date;
}

const line = (state: CheckLine['state'], code: string, text: string): CheckLine => ({ state, code, text });
/** Pages whose footer is read; text extraction costs about 20 ms a page. */
const footersRead = 40;

/** The CMS in the slot: DER from the first byte, zeros after it, in the one spelling that the signer writes. */
function cmsBytes(file: PdfFile, slot: SignatureSlot): Uint8Array | null {
  const { bytes } = slot.contents;
  if (file.bytes.toString('latin1', slot.gapStart, slot.gapEnd) !== `<${bytes.toString('hex')}>`) return null;
  if (bytes[0] !== 0x30 || bytes[1] !== 0x82) return null;
  const length = 4 + bytes.readUInt16BE(2);
  return length <= bytes.length && bytes.subarray(length).every((byte) => byte === 0)
    ? bytes.subarray(0, length)
    : null;
}

const fingerprintOf = (certificate: X509Certificate): string =>
  (createHash('sha256').update(certificate.raw).digest('hex').match(/.{4}/g) ?? []).join(' ');

function identityOf(chain: readonly X509Certificate[], known: readonly Uint8Array[] | null): CheckLine {
  const [signer] = chain;
  if (!signer) return line('unknown', 'identity.none', 'No certificate was read.');
  const who = `“${commonName(signer)}”`;
  if (known === null) {
    return line(
      'unknown',
      'identity.not_asked',
      `The signature says ${who}; no certificate was named to compare with, so the identity is unknown.`,
    );
  }
  if (known.some((der) => signer.raw.equals(Buffer.from(der)))) {
    return line('pass', 'identity.pinned', `Signed with a certificate of ${who} that is known here.`);
  }
  let current = signer;
  for (const issuer of [...chain.slice(1), ...known.map((der) => new X509Certificate(der))]) {
    if (!issuer.ca || !current.checkIssued(issuer) || !current.verify(issuer.publicKey)) continue;
    if (known.some((der) => issuer.raw.equals(Buffer.from(der)))) {
      return line(
        'pass',
        'identity.issued',
        `Signed by ${who}; the certificate was issued by “${commonName(issuer)}”, which is known here.`,
      );
    }
    current = issuer;
  }
  return line(
    'fail',
    'identity.unknown_signer',
    `The signature says ${who}, but this certificate is not one that is known here. Compare its fingerprint with the signer.`,
  );
}

function timeOf(
  slot: SignatureSlot,
  signer: X509Certificate | undefined,
  now: Date,
): { line: CheckLine; signedAt: string | null } {
  const stated = slot.dictionary.entries.get('M');
  const signedAt = isText(stated) ? fromPdfDate(stated.bytes.toString('latin1')) : null;
  if (!signedAt)
    return { line: line('fail', 'time.missing', 'The signature states no readable time.'), signedAt: null };
  const at = toInstant(signedAt);
  const result = (state: CheckLine['state'], code: string, text: string) => ({
    line: line(state, code, text),
    signedAt: at,
  });
  if (!signer) return result('unknown', 'time.unproven', `The file states ${at}; the signature over it does not hold.`);
  const [from, until] = [signer.validFromDate, signer.validToDate];
  if (signedAt < from)
    return result(
      'fail',
      'time.before_certificate',
      `Signed at ${at}, before the certificate began on ${toInstant(from)}.`,
    );
  if (signedAt > until)
    return result(
      'fail',
      'time.after_certificate',
      `Signed at ${at}, after the certificate ended on ${toInstant(until)}.`,
    );
  if (signedAt.getTime() > now.getTime() + 86_400_000)
    return result('fail', 'time.future', `The stated signing time ${at} lies in the future.`);
  if (now > until)
    return result(
      'warn',
      'time.certificate_ended',
      `Signed at ${at} by the signer’s own clock; the certificate ended on ${toInstant(until)}.`,
    );
  return result(
    'warn',
    'time.own_clock',
    `Signed at ${at} by the signer’s own clock; no independent timestamp confirms it.`,
  );
}

/** Number of pages read and how many of them print the digest; a page that cannot be read prints nothing. */
async function footersWith(
  bytes: Uint8Array,
  digest: string,
): Promise<{ read: number; printed: number; pages: number }> {
  const document = await PDF.load(bytes);
  const pages = document.getPageCount();
  const step = Math.max(1, Math.ceil(pages / footersRead));
  const chosen = [
    ...new Set([
      ...Array.from({ length: pages }, (_, index) => index).filter((index) => index % step === 0),
      pages - 1,
    ]),
  ];
  const prints = (index: number): boolean => {
    try {
      return document.getPage(index)?.extractText().text.replaceAll(/\s/g, '').includes(digest) ?? false;
    } catch {
      return false;
    }
  };
  const printed = chosen.filter(prints).length;
  return { read: chosen.length, printed, pages };
}

async function contentOf(
  file: PdfFile,
  expected: string | null | undefined,
): Promise<{ line: CheckLine; digest: string | null }> {
  const twin = twinOf(file);
  if (!twin)
    return {
      line: line('fail', 'content.no_twin', `The report does not carry exactly one file named ${twinFileName}.`),
      digest: null,
    };
  const digest = sha256Hex(twin);
  const result = (state: CheckLine['state'], code: string, text: string) => ({ line: line(state, code, text), digest });
  let canonical: string | null = null;
  try {
    const parsed = reportModelSchema.safeParse(JSON.parse(twin.toString('utf8')));
    canonical = parsed.success ? toJcs(parsed.data) : null;
  } catch {
    canonical = null;
  }
  if (canonical === null || canonical !== twin.toString('utf8'))
    return result('fail', 'content.malformed', 'The attached data is not a report model in canonical form.');
  if (statedDigest(file) !== digest)
    return result('fail', 'content.digest', 'The attached data does not hash to the digest that the document states.');
  const footers = await footersWith(file.bytes, digest);
  if (footers.printed !== footers.read) {
    return result(
      'fail',
      'content.footer',
      `${footers.read - footers.printed} of ${footers.read} pages read do not print the digest of the attached data.`,
    );
  }
  const printed = `The attached data hashes to the digest printed on ${footers.read} of ${footers.pages} pages (those read)`;
  if (expected === undefined) return result('pass', 'content.agrees', `${printed}.`);
  if (expected === null)
    return result('warn', 'content.not_recorded', `${printed}; this workspace has no record of the report.`);
  return expected === digest
    ? result('pass', 'content.recorded', `${printed}, the one that this workspace recorded.`)
    : result('fail', 'content.other_record', 'The content differs from the report that this workspace recorded.');
}

/** Never throws for a bad file: every answer is a line. `ok` needs integrity, identity and structure to pass and nothing to fail. */
export async function verifyReport(pdf: Uint8Array, options: VerifyOptions): Promise<ReportVerification> {
  const sha256 = sha256Hex(pdf);
  const structure = checkStructure(pdf);
  if (!structure.ok) {
    const unread = (what: string): CheckLine =>
      line('unknown', `${what}.not_read`, 'Not judged: the file’s structure is not that of a signed report.');
    const integrity =
      structure.code === 'signature.none'
        ? line('fail', 'integrity.unsigned', 'The report carries no signature; nothing protects it.')
        : line('fail', 'integrity.not_read', 'The file is not, as a whole, what a signer signed.');
    return {
      ok: false,
      integrity,
      identity: unread('identity'),
      time: unread('time'),
      structure: line('fail', structure.code, structure.text),
      content: unread('content'),
      signatures: [],
      modelDigest: null,
      sha256,
    };
  }
  const { file, slot } = structure;
  const digest = createHash('sha256')
    .update(file.bytes.subarray(0, slot.gapStart))
    .update(file.bytes.subarray(slot.gapEnd))
    .digest();
  const cms = cmsBytes(file, slot);
  const checked = cms ? checkCms(cms, digest) : null;
  const integrity = !checked
    ? line('fail', 'integrity.padding', 'The space reserved for the signature holds something else.')
    : checked.ok
      ? line('pass', 'integrity.unchanged', 'Every byte of the file is as it was signed.')
      : line('fail', `integrity.${checked.code}`, checked.text);
  const chain = checked?.certificates ?? [];
  const [signer] = chain;
  const trusted = checked?.ok === true;
  const identity = trusted
    ? identityOf(chain, options.knownCertificates)
    : line('unknown', 'identity.unproven', 'The signature does not hold, so it identifies nobody.');
  const time = timeOf(slot, trusted ? signer : undefined, options.now);
  const content = trusted
    ? await contentOf(file, options.expectedModelDigest)
    : {
        line: line('unknown', 'content.unproven', 'Not judged: the bytes are not those that were signed.'),
        digest: null,
      };
  const lines = [integrity, identity, time.line, content.line];
  return {
    ok:
      integrity.state === 'pass' &&
      identity.state === 'pass' &&
      lines.every((item) => item.state !== 'fail' && item.state !== 'unknown'),
    integrity,
    identity,
    time: time.line,
    structure: line(
      'pass',
      'structure.exact',
      'One signature over the whole file, one revision, no active or hidden content.',
    ),
    content: content.line,
    signatures: signer
      ? [
          {
            field: slot.field,
            signer: commonName(signer),
            fingerprint: fingerprintOf(signer),
            signedAt: time.signedAt,
            coversWholeFile: true,
            valid: trusted,
          },
        ]
      : [],
    modelDigest: content.digest,
    sha256,
  };
}
