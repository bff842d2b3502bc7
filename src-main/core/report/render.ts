/**
 * ReportModel -> PDF bytes, by pdfmake. The same model and the same `generatedAt` give the same bytes.
 *
 * Written as PDF 1.7 with the settings of PDF/A-3b (embedded fonts, XMP, output intent, associated file); conformance is not claimed,
 * no checker was at hand. The model travels inside as `report-model.json` (relationship Data), in JCS form, so that its SHA-256 is
 * the digest printed in each footer.
 */
import pdfmake from 'pdfmake';
import type { Content, TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { toJcs } from '../canonical-json.ts';
import { type JobContext, silentJob, toInstant } from '../ports.ts';
import { coverPage, readingGuide } from './cover.ts';
import { type Block, modelDigest, type ReportModel, twinFileName } from './model.ts';
import { printBlock } from './render-blocks.ts';
import { anchorNode } from './render-cards.ts';
import { inlines, linesOf, type TextContext } from './render-text.ts';
import { contentWidth, ink, page } from './theme.ts';
import { createTypesetter, fontFiles } from './typesetting.ts';

export interface RenderOptions {
  /** Printed on the cover and written as creation date; to the second. */
  readonly generatedAt: Date;
  readonly job?: JobContext;
}

export interface RenderedReport {
  readonly pdf: Uint8Array;
  readonly pages: number;
}

/** Prefix of the digest in the document information, where a verifier without a text layer finds it. */
export const digestKeyword = 'report-model-sha256:';

/**
 * XMP is written unescaped by the library: what XML would read as markup, or no reader could show, is replaced. The name of a
 * signature's range is broken up, because the verifier counts it over the whole file.
 */
const forMetadata = (text: string): string =>
  text
    .replaceAll('&', 'and')
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\ufffe\uffff]/gu, ' ')
    .replaceAll('/ByteRange', '/ ByteRange')
    .slice(0, 300);

function anchorsOf(model: ReportModel): Set<string> {
  const anchors = new Set<string>();
  for (const section of model.sections) {
    anchors.add(section.id);
    for (const block of section.blocks) if ('anchor' in block && block.anchor !== undefined) anchors.add(block.anchor);
  }
  return anchors;
}

/** Blocks short enough to be kept on one page with the heading above them. */
function short(block: Block): boolean {
  switch (block.type) {
    case 'empty':
    case 'totals':
    case 'signOff':
    case 'lineage':
      return true;
    case 'paragraph':
      return linesOf(block.spans, contentWidth) < 12;
    case 'notice':
      return linesOf(block.text, contentWidth) < 12;
    case 'keyValue':
      return block.rows.reduce((sum, row) => sum + linesOf(row.value, contentWidth - 140), 0) < 26;
    case 'table':
      return (
        block.rows.length <= 8 &&
        block.rows.flat().reduce((sum, cell) => sum + cell.reduce((all, part) => all + part.text.length, 0), 0) < 1500
      );
    default:
      return false;
  }
}

/** A section whose first bulky block runs over the page starts on a page of its own: no title may stand alone at the foot. */
function startsPage(section: ReportModel['sections'][number]): boolean {
  const bulky = section.blocks.find((block) => block.type !== 'heading' && !short(block));
  return (
    bulky !== undefined &&
    section.blocks.slice(0, section.blocks.indexOf(bulky)).every((block) => block.type === 'paragraph')
  );
}

/** Title kept with what follows it; a short section with signatures stays on one page with what is signed. */
function printSection(context: TextContext, section: ReportModel['sections'][number], first: boolean): Content[] {
  const title: Content[] = [
    anchorNode(section.id),
    {
      text: [
        { text: section.number.padEnd(2, '\u2007'), color: ink.accent, tocItem: false },
        { text: `\u2002${section.title}`, tocItem: false },
      ],
      font: 'Display',
      bold: true,
      fontSize: 15,
      tocItem: true,
      tocMargin: [0, 3, 0, 3],
      ...{ outlineText: `${section.number}  ${section.title}` },
    },
    {
      canvas: [{ type: 'line', x1: 0, y1: 0, x2: contentWidth, y2: 0, lineWidth: 0.8, lineColor: ink.accent }],
      margin: [0, 4, 0, 8],
    },
  ];
  const newPage = !first && startsPage(section);
  if (
    section.blocks.length <= 8 &&
    section.blocks.some((block) => block.type === 'signOff') &&
    section.blocks.every(short)
  ) {
    const whole = [...title, ...section.blocks.flatMap((block) => printBlock(context, block))];
    return [{ stack: whole, unbreakable: true, margin: [0, first ? 0 : 18, 0, 0] }];
  }
  const out: Content[] = newPage ? [{ text: '', pageBreak: 'before' }] : [];
  let head: Content[] = title;
  let margin = first || newPage ? 0 : 18;
  const flush = (): void => {
    if (head.length > 0) out.push({ stack: head, unbreakable: true, margin: [0, margin, 0, 0] });
    head = [];
    margin = 0;
  };
  for (const block of section.blocks) {
    const content = printBlock(context, block);
    if (block.type === 'heading') {
      flush();
      head = content;
    } else if (head.length > 0 && block.type === 'paragraph' && short(block)) {
      head = [...head, ...content];
    } else if (head.length > 0 && short(block)) {
      head = [...head, ...content];
      flush();
    } else {
      flush();
      out.push(...content);
    }
  }
  flush();
  return out;
}

function definition(model: ReportModel, generatedAt: Date, context: TextContext): TDocumentDefinitions {
  const digest = modelDigest(model);
  const { cover } = model;
  const twin = Buffer.from(toJcs(model), 'utf8');
  return {
    version: '1.7',
    subset: 'PDF/A-3b',
    tagged: false,
    displayTitle: true,
    language: 'en-GB',
    pageSize: 'A4',
    pageMargins: [page.left, page.top, page.right, page.bottom],
    info: {
      title: forMetadata(model.title),
      author: forMetadata(cover.preparedBy),
      subject: forMetadata(`${model.documentKind} ${cover.reportId}`),
      keywords: `${digestKeyword}${digest}`,
      creator: 'Assay',
      producer: 'Assay',
      creationDate: generatedAt,
      modDate: generatedAt,
    },
    defaultStyle: { font: 'Body', fontSize: 8.6, color: ink.text, lineHeight: 1.16 },
    files: {
      twin: {
        src: `data:application/json;base64,${twin.toString('base64')}`,
        name: twinFileName,
        description: 'Machine-readable twin of this report (ReportModel, JCS form)',
        type: 'application/json',
        relationship: 'Data',
        creationDate: generatedAt,
        modifiedDate: generatedAt,
      } as NonNullable<TDocumentDefinitions['files']>[string],
    },
    header: (current) =>
      current === 1
        ? null
        : {
            columns: [
              {
                width: '*',
                text: inlines(context, `${model.documentKind}  ·  ${cover.reportId}`, 'data', {
                  color: ink.muted,
                  fontSize: 7,
                }),
              },
              {
                width: 'auto',
                text: inlines(context, cover.classification.toUpperCase(), 'data', {
                  bold: true,
                  color: ink.accent,
                  fontSize: 7,
                }),
              },
            ],
            margin: [page.left, 34, page.right, 0],
          },
    footer: (current, pages) => ({
      stack: [
        { canvas: [{ type: 'line', x1: 0, y1: 0, x2: contentWidth, y2: 0, lineWidth: 0.5, lineColor: ink.hairline }] },
        {
          columns: [
            {
              width: '*',
              text: [
                { text: 'Content SHA-256  ', color: ink.muted, fontSize: 6.2 },
                { text: digest, font: 'Code', color: ink.muted, fontSize: 6 },
              ],
            },
            { width: 70, text: `Page ${current} of ${pages}`, alignment: 'right', color: ink.muted, fontSize: 7 },
          ],
          margin: [0, 6, 0, 0],
        },
      ],
      margin: [page.left, 20, page.right, 0],
    }),
    content: [
      ...coverPage(context, model, digest, toInstant(generatedAt)),
      {
        toc: {
          title: { text: 'Contents', font: 'Display', bold: true, fontSize: 15, margin: [0, 0, 0, 12] },
          outlines: true,
          numberStyle: { color: ink.muted, fontSize: 9 },
          textStyle: { fontSize: 9.4 },
        },
      },
      ...readingGuide(context),
      ...model.sections.flatMap((section, index) => printSection(context, section, index === 0)),
    ],
  };
}

/** Renders in this thread; `renderInWorker` does it beside it. Raises `report.unmapped_character` for prose the fonts cannot draw. */
export async function renderReport(model: ReportModel, options: RenderOptions): Promise<RenderedReport> {
  const job = options.job ?? silentJob;
  const generatedAt = new Date(Math.floor(options.generatedAt.getTime() / 1000) * 1000);
  job.throwIfCancelled();
  job.report({ phase: 'Laying out', done: 0, total: 0, unit: 'pages' });
  const context: TextContext = { typesetter: createTypesetter(), anchors: anchorsOf(model) };
  const files = Object.values(fontFiles).flatMap((family) => Object.values(family) as string[]);
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => files.includes(path));
  pdfmake.setFonts({ Body: { ...fontFiles.Body }, Code: { ...fontFiles.Code }, Display: { ...fontFiles.Display } });
  pdfmake.setProgressCallback((share) => {
    job.throwIfCancelled();
    job.report({ phase: 'Drawing', done: Math.round(share * 100), total: 100, unit: 'steps' });
  });
  let pages = 0;
  const document = definition(model, generatedAt, context);
  const { footer } = document;
  const pdf = await pdfmake
    .createPdf({
      ...document,
      footer: (current, count, size) => {
        pages = count;
        return typeof footer === 'function' ? footer(current, count, size) : footer;
      },
    })
    .getBuffer();
  return { pdf: new Uint8Array(pdf), pages };
}
