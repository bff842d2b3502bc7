/**
 * Signs a rendered report: one incremental update, certifying, no change allowed after it.
 *
 * The unsigned report stays a byte-for-byte prefix, so reproducing it stays checkable. SubFilter ETSI.CAdES.detached, DocMDP
 * P=1 (ISO 32000-1 12.8.2.2), claimed time in /M, widget /F 132 (print, locked). The objects are written by the library; the
 * byte range and the CMS are patched in here, because its own signer adds a signing-time attribute that the baseline forbids.
 */
import { createHash, type KeyObject } from 'node:crypto';
import { PDF, PdfArray, PdfDict, PdfName, PdfNumber, type PdfObject, PdfString } from '@libpdf/core';
import { raise } from '../../../src-shared/result.ts';
import { createCms } from './cms.ts';
import { toPdfDate } from './pdf-dates.ts';

export interface SignOptions {
  /** P-256, P-384 or RSA. */
  readonly privateKey: KeyObject;
  /** DER of the signer's certificate. */
  readonly certificate: Uint8Array;
  /** DER of its issuers, nearest first. */
  readonly chain?: readonly Uint8Array[];
  readonly name: string;
  readonly reason: string;
  readonly location?: string;
  readonly signedAt: Date;
}

/** Bytes reserved for the CMS; one with a chain of three RSA-4096 certificates takes about 8 KiB. */
const slotBytes = 16_384;
/** Ten digits each: as long as any offset that a file of ours can have. */
const wide = 9_999_999_999;
const rangePlaceholder = `[0 ${wide} ${wide} ${wide}]`;

const name = (text: string): PdfName => PdfName.of(text);
const number = (value: number): PdfNumber => PdfNumber.of(value);

function signatureDictionary(options: SignOptions): PdfDict {
  const entries: Record<string, PdfObject> = {
    Type: name('Sig'),
    Filter: name('Adobe.PPKLite'),
    SubFilter: name('ETSI.CAdES.detached'),
    ByteRange: PdfArray.of(number(0), number(wide), number(wide), number(wide)),
    Contents: new PdfString(new Uint8Array(slotBytes), 'hex'),
    M: PdfString.fromString(toPdfDate(options.signedAt)),
    Name: PdfString.fromString(options.name),
    Reason: PdfString.fromString(options.reason),
    ...(options.location === undefined ? {} : { Location: PdfString.fromString(options.location) }),
    Reference: PdfArray.of(
      PdfDict.of({
        Type: name('SigRef'),
        TransformMethod: name('DocMDP'),
        TransformParams: PdfDict.of({ Type: name('TransformParams'), P: number(1), V: name('1.2') }),
      }),
    ),
  };
  return PdfDict.of(entries);
}

/** Appends the empty signature: field, widget on page 1, certification entry in the catalog. */
async function withPlaceholder(pdf: Uint8Array, options: SignOptions): Promise<Buffer> {
  const document = await PDF.load(pdf);
  const catalog = document.context.catalog.getDict();
  if (catalog.has('AcroForm') || catalog.has('Perms')) {
    raise(
      'refused',
      'report.already_signed',
      'The report already holds a signature or a form; it was left as it is. Build a new report instead.',
    );
  }
  const page = document.getPage(0);
  if (!page) raise('input', 'report.no_pages', 'The report has no page to sign; nothing was written.');
  const signature = document.context.register(signatureDictionary(options));
  const widget = document.context.register(
    PdfDict.of({
      Type: name('Annot'),
      Subtype: name('Widget'),
      FT: name('Sig'),
      T: PdfString.fromString('Signature1'),
      F: number(132),
      Rect: PdfArray.of(number(0), number(0), number(0), number(0)),
      P: page.ref,
      V: signature,
    }),
  );
  const annotations = page.dict.getArray('Annots', (ref) => document.context.resolve(ref));
  page.dict.set('Annots', PdfArray.of(...(annotations?.toArray() ?? []), widget));
  catalog.set('AcroForm', document.context.register(PdfDict.of({ Fields: PdfArray.of(widget), SigFlags: number(3) })));
  catalog.set('Perms', PdfDict.of({ DocMDP: signature }));
  catalog.set(
    'Extensions',
    PdfDict.of({
      ESIC: PdfDict.of({ Type: name('DeveloperExtensions'), BaseVersion: name('1.7'), ExtensionLevel: number(1) }),
    }),
  );
  return Buffer.from(await document.save({ incremental: true, useXRefStream: false }));
}

/**
 * The signed file. Raises `report.already_signed`, `report.not_incremental` (the base is not a file of ours), or
 * `report.certificate_too_large`.
 */
export async function signReport(pdf: Uint8Array, options: SignOptions): Promise<Uint8Array> {
  const out = await withPlaceholder(pdf, options);
  if (!out.subarray(0, pdf.length).equals(Buffer.from(pdf))) {
    raise(
      'input',
      'report.not_incremental',
      'The report could not be extended without rewriting it; nothing was signed. Build it again.',
    );
  }
  const rangeAt = out.indexOf(rangePlaceholder, pdf.length, 'latin1');
  const gapStart = out.indexOf(`<${'0'.repeat(slotBytes * 2)}>`, pdf.length, 'latin1');
  if (rangeAt < 0 || gapStart < 0) throw new Error('the signature placeholder was not written');
  const gapEnd = gapStart + slotBytes * 2 + 2;
  const range = `[0 ${gapStart} ${gapEnd} ${out.length - gapEnd}]`;
  out.write(range.padEnd(rangePlaceholder.length, ' '), rangeAt, 'latin1');

  const digest = createHash('sha256').update(out.subarray(0, gapStart)).update(out.subarray(gapEnd)).digest();
  const cms = createCms({
    contentDigest: digest,
    privateKey: options.privateKey,
    certificates: [options.certificate, ...(options.chain ?? [])],
  });
  if (cms.length > slotBytes) {
    raise(
      'input',
      'report.certificate_too_large',
      `The certificate chain needs ${cms.length} bytes, more than the ${slotBytes} reserved; nothing was signed.`,
    );
  }
  out.write(Buffer.from(cms).toString('hex'), gapStart + 1, 'latin1');
  return new Uint8Array(out);
}
