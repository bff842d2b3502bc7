import { PDF, PdfArray, PdfDict, PdfName, PdfNumber, PdfString } from '@libpdf/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { composeReconciliationCertificate } from '../../../src-main/core/report/compose-reconciliation-certificate.ts';
import { modelDigest } from '../../../src-main/core/report/model.ts';
import { renderReport } from '../../../src-main/core/report/render.ts';
import { replayReport } from '../../../src-main/core/report/replay.ts';
import { type SignOptions, signReport } from '../../../src-main/core/report/sign.ts';
import { verifyReport } from '../../../src-main/core/report/verify.ts';
import type { ReportVerification } from '../../../src-shared/contract/schemas/report.ts';
import { verificationSchema } from '../../../src-shared/contract/schemas/report.ts';
import { reportInputs } from './fixtures.ts';
import { type TestSigner, testSigner } from './keys.ts';

const now = new Date('2026-11-23T15:00:00Z');
const model = composeReconciliationCertificate(reportInputs());
let signer: TestSigner;
let base: Uint8Array;
let signed: Buffer;

const sign = (pdf: Uint8Array, by: TestSigner = signer, more: Partial<SignOptions> = {}): Promise<Uint8Array> =>
  signReport(pdf, {
    ...by,
    name: 'Jana Nováková',
    reason: 'Issued as certificate (no. 4)',
    signedAt: new Date('2026-11-23T14:00:00Z'),
    ...more,
  });
const verify = (
  pdf: Uint8Array,
  known: readonly Uint8Array[] | null = [signer.certificate],
): Promise<ReportVerification> => verifyReport(pdf, { knownCertificates: known, now });

beforeAll(async () => {
  signer = await testSigner('Jana Nováková');
  base = (await renderReport(model, { generatedAt: new Date('2026-11-23T13:00:00Z') })).pdf;
  signed = Buffer.from(await sign(base));
});

describe('when a signed report is verified', () => {
  it('passes each question on its own line', async () => {
    const result = await verify(signed);
    expect(verificationSchema.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      ok: true,
      integrity: { state: 'pass' },
      identity: { state: 'pass' },
      structure: { state: 'pass' },
      content: { state: 'pass' },
      time: { state: 'warn', code: 'time.own_clock' },
      modelDigest: modelDigest(model),
    });
    expect(result.signatures).toMatchObject([
      { signer: 'Jana Nováková', signedAt: '2026-11-23T14:00:00Z', coversWholeFile: true, valid: true },
    ]);
  });

  it('keeps the unsigned report as its exact prefix', () => {
    expect(signed.subarray(0, base.length).equals(Buffer.from(base))).toBe(true);
  });

  it('leaves identity unknown without certificates and fails it for another person of the same name', async () => {
    expect(await verify(signed, null)).toMatchObject({
      ok: false,
      integrity: { state: 'pass' },
      identity: { state: 'unknown' },
    });
    const impostor = await testSigner('Jana Nováková');
    expect(await verify(await sign(base, impostor))).toMatchObject({
      ok: false,
      integrity: { state: 'pass' },
      identity: { state: 'fail' },
    });
  });

  it('compares the content with what the workspace recorded', async () => {
    const compare = async (expectedModelDigest: string | null) =>
      (await verifyReport(signed, { knownCertificates: [signer.certificate], now, expectedModelDigest })).content.state;
    expect(await compare(modelDigest(model))).toBe('pass');
    expect(await compare('0'.repeat(64))).toBe('fail');
    expect(await compare(null)).toBe('warn');
  });

  it.each([
    ['before the certificate began', '2025-12-31T23:59:59Z', 'time.before_certificate'],
    ['after it ended', '2031-01-01T00:00:01Z', 'time.after_certificate'],
    ['in the future', '2027-06-01T00:00:00Z', 'time.future'],
  ])('fails a signature made %s', async (_, at, code) => {
    expect(await verify(await sign(base, signer, { signedAt: new Date(at) }))).toMatchObject({
      ok: false,
      time: { state: 'fail', code },
    });
  });

  it('says that an unsigned report is not signed', async () => {
    expect(await verify(base)).toMatchObject({ ok: false, integrity: { code: 'integrity.unsigned' }, signatures: [] });
  });

  it('refuses to sign twice, and with a key that the certificate does not hold', async () => {
    await expect(sign(signed)).rejects.toMatchObject({ failure: { code: 'report.already_signed' } });
    const other = await testSigner('Other');
    await expect(sign(base, { privateKey: other.privateKey, certificate: signer.certificate })).rejects.toThrow(
      TypeError,
    );
  });
});

type Mutate = () => Promise<Uint8Array> | Uint8Array;
const replaced = (from: string, to: string, after = 0): Buffer => {
  const at = signed.indexOf(from, after, 'latin1');
  if (at < 0 || from.length !== to.length) throw new Error(`the mutant “${from}” does not apply`);
  const copy = Buffer.from(signed);
  copy.write(to, at, 'latin1');
  return copy;
};
const flipped = (at: number): Buffer => {
  const copy = Buffer.from(signed);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const updated = async (pdf: Uint8Array, change: (document: PDF, catalog: PdfDict) => void): Promise<Uint8Array> => {
  const document = await PDF.load(pdf);
  change(document, document.context.catalog.getDict());
  return document.save({ incremental: true, useXRefStream: false });
};
const script = (catalog: PdfDict): void =>
  catalog.set('OpenAction', PdfDict.of({ S: PdfName.of('JavaScript'), JS: PdfString.fromString('app.alert(1)') }));
const annotate = (document: PDF, entries: Record<string, PdfName | PdfString | PdfDict>): void => {
  const page = document.getPage(0);
  const note = document.context.register(
    PdfDict.of({
      Type: PdfName.of('Annot'),
      Rect: PdfArray.of(PdfNumber.of(0), PdfNumber.of(0), PdfNumber.of(99), PdfNumber.of(99)),
      ...entries,
    }),
  );
  page?.dict.set(
    'Annots',
    PdfArray.of(...(page.dict.getArray('Annots', (ref) => document.context.resolve(ref))?.toArray() ?? []), note),
  );
};
const range = (): { text: string; numbers: readonly number[] } => {
  const text = /\/ByteRange (\[[\d ]+\] *)/.exec(signed.toString('latin1'))?.[1] ?? '';
  return { text, numbers: (text.match(/\d+/g) ?? []).map(Number) };
};
const withRange = (text: string): Buffer => replaced(range().text, text.padEnd(range().text.length, ' '), base.length);

const mutants: readonly (readonly [string, Mutate])[] = [
  ['a byte of a page’s content flipped', () => flipped(Math.floor(base.length / 3))],
  ['a byte of the twin flipped', () => flipped(signed.indexOf('EmbeddedFile') + 400)],
  ['the reason changed', () => replaced('/Reason (Issued', '/Reason (Denied', base.length)],
  ['the signing time changed', () => replaced('/M (D:20261123140000Z)', '/M (D:20251123140000Z)', base.length)],
  ['bytes appended', () => Buffer.concat([signed, Buffer.from('\n% more\n')])],
  ['a newline appended', () => Buffer.concat([signed, Buffer.from('\n')])],
  ['the file cut to the unsigned report', () => signed.subarray(0, base.length)],
  ['the file cut in the middle', () => signed.subarray(0, Math.floor(signed.length / 2))],
  ['one byte before the header', () => Buffer.concat([Buffer.from(' '), signed])],
  ['an update that changes the title', () => updated(signed, (document) => document.setTitle('Certified'))],
  ['an update that adds a script', () => updated(signed, (_, catalog) => script(catalog))],
  [
    'an update that adds an annotation',
    () =>
      updated(signed, (document) =>
        annotate(document, { Subtype: PdfName.of('FreeText'), Contents: PdfString.fromString('LOW') }),
      ),
  ],
  [
    'an update that replaces the page tree',
    () =>
      updated(signed, (document, catalog) =>
        catalog.set(
          'Pages',
          document.context.register(
            PdfDict.of({ Type: PdfName.of('Pages'), Kids: PdfArray.of(), Count: PdfNumber.of(0) }),
          ),
        ),
      ),
  ],
  [
    'an update that changes nothing',
    () => {
      const start = signed.lastIndexOf('startxref');
      const previous = /startxref\n(\d+)/.exec(signed.toString('latin1', start))?.[1] ?? '0';
      const root = /\/Root \d+ 0 R/.exec(signed.toString('latin1', start - 300))?.[0] ?? '';
      return Buffer.concat([
        signed,
        Buffer.from(
          `xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 600 ${root} /Prev ${previous} >>\nstartxref\n${signed.length}\n%%EOF\n`,
        ),
      ]);
    },
  ],
  [
    'the signature zeroed',
    () => {
      const [, from = 0, to = 0] = range().numbers;
      const copy = Buffer.from(signed);
      copy.fill('0', from + 1, to - 1, 'latin1');
      return copy;
    },
  ],
  ['the signature emptied to one digit pair', () => replaced('/Contents <30', '/Contents <00', base.length)],
  ['the range renamed', () => replaced('/ByteRange', '/ByteRangX', base.length)],
  [
    'the range respelt',
    () => replaced(`/ByteRange ${range().text}`, `/Byte#52ange ${range().text.slice(0, -2)}`, base.length),
  ],
  ['a negative range', () => withRange(`[0 -1 ${range().numbers[2]} ${range().numbers[3]}]`)],
  [
    'a range that starts late',
    () => withRange(`[1 ${(range().numbers[1] ?? 1) - 1} ${range().numbers[2]} ${range().numbers[3]}]`),
  ],
  ['overlapping ranges', () => withRange(`[0 ${range().numbers[2]} ${range().numbers[1]} ${range().numbers[3]}]`)],
  [
    'a range that stops short',
    () => withRange(`[0 ${range().numbers[1]} ${range().numbers[2]} ${(range().numbers[3] ?? 1) - 1}]`),
  ],
  [
    'a gap wider than the signature',
    () => withRange(`[0 ${range().numbers[1]} ${(range().numbers[2] ?? 0) + 1} ${(range().numbers[3] ?? 1) - 1}]`),
  ],
  [
    'a wrapped signature: the tail moved, a hole before it',
    () => {
      const [, , to = 0] = range().numbers;
      return Buffer.concat([signed.subarray(0, to), Buffer.from('\n1 0 obj\nnull\nendobj\n'), signed.subarray(to)]);
    },
  ],
  [
    'something in the padding',
    () => {
      const [, , to = 0] = range().numbers;
      const copy = Buffer.from(signed);
      copy.write('41', to - 5, 'latin1');
      return copy;
    },
  ],
  [
    'the signature’s digits in capitals',
    () => {
      const [, from = 0, to = 0] = range().numbers;
      const copy = Buffer.from(signed);
      copy.write(signed.toString('latin1', from, to).toUpperCase(), from, 'latin1');
      return copy;
    },
  ],
  [
    'a bit of the embedded certificate flipped',
    () => {
      const at = range().numbers[1] ?? 0;
      const copy = Buffer.from(signed);
      copy.write(signed.toString('latin1', at + 601, at + 602) === '0' ? '1' : '0', at + 601, 'latin1');
      return copy;
    },
  ],
  ['a script prepared before signing', async () => sign(await updated(base, (_, catalog) => script(catalog)))],
  [
    'a hidden revision prepared before signing',
    async () => sign(await updated(base, (document) => document.setTitle('Draft'))),
  ],
  [
    'an outside link prepared before signing',
    async () =>
      sign(
        await updated(base, (document) =>
          annotate(document, {
            Subtype: PdfName.of('Link'),
            A: PdfDict.of({ S: PdfName.of('URI'), URI: PdfString.fromString('https://example.org') }),
          }),
        ),
      ),
  ],
  [
    'a layer prepared before signing',
    async () => sign(await updated(base, (_, catalog) => catalog.set('OCProperties', PdfDict.of({})))),
  ],
  [
    'another digest stated before signing',
    async () => {
      const copy = Buffer.from(base);
      const at = copy.indexOf('report-model-sha256:') + 'report-model-sha256:'.length;
      copy.write(copy.toString('latin1', at, at + 1) === '0' ? '1' : '0', at, 'latin1');
      return sign(copy);
    },
  ],
];

describe('when a report is replayed', () => {
  it('finds the pages identical to a fresh rendering of the attached data, signed or not', async () => {
    const replay = await replayReport(signed);
    expect(replay).toMatchObject({
      line: { state: 'pass', code: 'replay.identical' },
      replayed: { bytes: base.length, modelDigest: modelDigest(model) },
    });
    expect(await replayReport(base)).toEqual(replay);
  });

  it('notices pages that were not made from the attached data', async () => {
    const other = Buffer.from(base);
    const at = other.indexOf('/MediaBox [0 0 595.28 841.89]');
    other.write('/MediaBox [0 0 595.28 841.88]', at, 'latin1');
    expect(await replayReport(await sign(other))).toMatchObject({ line: { state: 'warn', code: 'replay.differs' } });
    expect(await replayReport(Buffer.from('%PDF-1.7'))).toMatchObject({ line: { state: 'fail' }, replayed: null });
  });
});

describe('when a signed report was tampered with', () => {
  it.each(mutants)('rejects %s', async (_, mutate) => {
    const mutant = Buffer.from(await mutate());
    expect(mutant.equals(signed)).toBe(false);
    const result = await verify(mutant);
    expect(result.ok).toBe(false);
    expect([result.integrity, result.structure, result.content].some((line) => line.state === 'fail')).toBe(true);
  });

  it('rejects one changed bit wherever it is', async () => {
    const step = Math.floor(signed.length / 150);
    for (let at = 7; at < signed.length; at += step) {
      expect((await verify(flipped(at))).ok, `byte ${at}`).toBe(false);
    }
  });

  it('never throws on rubbish', async () => {
    for (const rubbish of [
      Buffer.alloc(0),
      Buffer.from('%PDF-1.7\n'),
      Buffer.from('startxref\n0\n%%EOF'),
      Buffer.alloc(4096, 0x5b),
      Buffer.from(`%PDF-1.7\nxref\n0 1\ntrailer\n${'['.repeat(5000)}`),
    ]) {
      expect((await verify(rubbish)).ok).toBe(false);
    }
  });
});
