import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src-main/core/canonical-json.ts';
import { jobContext } from '../../../src-main/core/ports.ts';
import { composeInternalAudit } from '../../../src-main/core/report/compose-internal-audit.ts';
import { composeReconciliationCertificate } from '../../../src-main/core/report/compose-reconciliation-certificate.ts';
import { modelDigest } from '../../../src-main/core/report/model.ts';
import { renderReport } from '../../../src-main/core/report/render.ts';
import { renderInWorker } from '../../../src-main/core/report/render-in-worker.ts';
import { createTypesetter, directionSegments } from '../../../src-main/core/report/typesetting.ts';
import { emptyInputs, nasty, reportInputs } from './fixtures.ts';

const generatedAt = new Date('2026-11-23T13:00:00Z');

describe('when a model is rendered', () => {
  it('gives the same bytes for the same model and time, in this thread and in a worker', async () => {
    const model = composeInternalAudit(reportInputs());
    const first = await renderReport(model, { generatedAt });
    const again = await renderReport(structuredClone(model), { generatedAt });
    const worker = await renderInWorker(model, { generatedAt });
    expect(sha256Hex(again.pdf)).toBe(sha256Hex(first.pdf));
    expect(sha256Hex(worker.pdf)).toBe(sha256Hex(first.pdf));
    expect(worker.pages).toBe(first.pages);
    expect(first.pages).toBeGreaterThan(10);
    const later = await renderReport(model, { generatedAt: new Date('2026-11-23T13:00:01Z') });
    expect(sha256Hex(later.pdf)).not.toBe(sha256Hex(first.pdf));
  });

  it('states the content digest in the document information', async () => {
    const model = composeReconciliationCertificate(emptyInputs());
    const { pdf } = await renderReport(model, { generatedAt });
    expect(Buffer.from(pdf).includes(`report-model-sha256:${modelDigest(model)}`)).toBe(true);
  });

  it('writes metadata that XML can read whatever the title holds', async () => {
    const title = `${nasty.markup} ${nasty.invisible} /ByteRange ${nasty.cjk}`;
    const { pdf } = await renderReport(composeInternalAudit(reportInputs({ title })), { generatedAt });
    const raw = Buffer.from(pdf).toString('utf8');
    const xmp = /<x:xmpmeta[\s\S]*?<\/x:xmpmeta>/.exec(raw)?.[0] ?? '';
    expect(xmp).toContain('‹b›bold‹/b› and');
    expect(xmp).not.toMatch(/&|<b>|\u202e/);
    expect(raw).not.toContain('/ByteRange');
  });

  it('stops a worker when the job is cancelled and fails a job that outgrows its heap', async () => {
    const model = composeInternalAudit(reportInputs());
    await expect(
      renderInWorker(model, {
        generatedAt,
        job: jobContext(
          () => true,
          () => {},
        ),
      }),
    ).rejects.toMatchObject({ failure: { kind: 'cancelled' } });
    let polls = 0;
    const soon = jobContext(
      () => {
        polls += 1;
        return polls > 1;
      },
      () => {},
    );
    await expect(renderInWorker(model, { generatedAt, job: soon })).rejects.toMatchObject({
      failure: { code: 'job.cancelled' },
    });
    await expect(renderInWorker(model, { generatedAt, heapMiB: 24 })).rejects.toMatchObject({
      failure: { code: 'report.too_large' },
    });
  });
});

describe('when text meets the bundled fonts', () => {
  const typesetter = createTypesetter();
  const shown = (text: string): string =>
    typesetter
      .runs(text, 'Body', 'data')
      .map((run) => run.text)
      .join('');

  it('shows what cannot be drawn or seen as an escape', () => {
    expect(shown('a\u202Eb\u200Bc\u0007d\uD800e')).toBe('a⟨U+202E⟩b⟨U+200B⟩c⟨U+0007⟩d⟨U+D800⟩e');
    expect(shown('信')).toBe('⟨U+4FE1⟩');
    expect(shown('Žluťoučký Ωμέγα Ёлка ✓ ≤ →')).toBe('Žluťoučký Ωμέγα Ёлка ✓ ≤ →');
  });

  it('falls back to a font that has the glyph', () => {
    expect(typesetter.runs('id-אב', 'Code', 'data').map((run) => [run.text, run.font])).toEqual([
      ['id-', 'Code'],
      ['אב', 'Body'],
    ]);
  });

  it('refuses prose that it cannot draw, naming the character', () => {
    expect(() => typesetter.runs('Summary 信', 'Body', 'prose')).toThrow(/U\+4FE1/);
  });

  it('keeps right-to-left words in one piece, apart from the text around them', () => {
    expect(directionSegments('owner אחת שתיים, ok').map((segment) => segment.text)).toEqual([
      'owner ',
      'אחת\u00a0שתיים',
      ', ok',
    ]);
    expect(directionSegments('plain').map((segment) => segment.rightToLeft)).toEqual([false]);
    const long = directionSegments(Array.from({ length: 13 }, () => 'אב').join(' ')).filter(
      (segment) => segment.rightToLeft,
    );
    expect(long.map((segment) => segment.text.split('\u00a0').length)).toEqual([6, 6, 1]);
    expect(typesetter.runs('a אב b', 'Body', 'data').map((run) => run.text)).toEqual(['a ', 'אב', ' b']);
  });

  it('shortens to a width without losing both ends', () => {
    const short = typesetter.fit(nasty.longId, 'Body', 7, 70);
    expect(short).toMatch(/^team.*….*end$/);
  });
});
