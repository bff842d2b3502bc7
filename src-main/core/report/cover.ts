/** The first page: what this is, about whom, on which evidence, with which conclusion. */
import type { Content, TableCell } from 'pdfmake/interfaces.js';
import type { ReportModel } from './model.ts';
import { printBlock } from './render-blocks.ts';
import { inlines, type TextContext } from './render-text.ts';
import { contentWidth, ink, page, tones } from './theme.ts';
import { showCount, showInstant } from './wording.ts';

const bandHeight = 214;

function facts(context: TextContext, model: ReportModel, digest: string, generatedAt: string): Content {
  const { cover } = model;
  const rows: readonly (readonly [string, string, 'Body' | 'Code'])[] = [
    ['Organisation', cover.organisation, 'Body'],
    ['Workspace', cover.workspace, 'Body'],
    ['Report no.', cover.supersedes === null ? cover.reportId : `${cover.reportId}, replaces ${cover.supersedes}`, 'Body'],
    ['As of (UTC)', showInstant(cover.asOf), 'Body'],
    ['Prepared by', cover.preparedBy, 'Body'],
    ['Reviewed by', cover.reviewedBy, 'Body'],
    ['Intended reader', cover.reader, 'Body'],
    ['Scope', model.scope.statement, 'Body'],
    ['Policy packs', model.packs.map((pack) => `${pack.title} ${pack.version}`).join('; ') || 'no evidence supplied', 'Body'],
    ['Counted over', model.scope.denominators.map((item) => `${item.label.toLowerCase()}: ${showCount(item.value)}`).join('; '), 'Body'],
    ['Composed at (UTC)', showInstant(generatedAt), 'Body'],
    ['Content SHA-256', digest, 'Code'],
  ];
  return {
    table: {
      widths: [96, contentWidth - 96 - 12],
      body: rows.map(([label, value, font]): TableCell[] => [
        { text: inlines(context, label, 'prose', { color: ink.muted, fontSize: 7.8 }) },
        { text: inlines(context, value, 'data', { font, fontSize: font === 'Code' ? 7 : 8.4 }) },
      ]),
    },
    layout: {
      hLineWidth: (row) => (row === 0 ? 0 : 0.35),
      vLineWidth: () => 0,
      hLineColor: () => ink.hairline,
      paddingLeft: (column) => (column === 0 ? 0 : 6),
      paddingRight: (column) => (column === 0 ? 6 : 0),
      paddingTop: () => 3.4,
      paddingBottom: () => 3.4,
    },
    margin: [0, 0, 0, 14],
  };
}

export function coverPage(context: TextContext, model: ReportModel, digest: string, generatedAt: string): Content[] {
  const tone = tones[model.conclusion.tone];
  const titleSize = model.title.length > 110 ? 15 : model.title.length > 60 ? 19 : 23;
  return [
    {
      canvas: [
        { type: 'rect', x: 0, y: 0, w: page.width, h: bandHeight, color: ink.accent },
        { type: 'rect', x: 0, y: bandHeight, w: page.width, h: 3, color: tone.bar },
      ],
      absolutePosition: { x: 0, y: 0 },
    },
    {
      stack: [
        {
          columns: [
            { width: '*', text: inlines(context, model.documentKind.toUpperCase(), 'prose', { bold: true, color: '#c8d6e5', fontSize: 8.4 }) },
            { width: 'auto', text: inlines(context, model.cover.classification.toUpperCase(), 'data', { bold: true, color: ink.white, fontSize: 8.4 }) },
          ],
        },
        {
          text: inlines(context, model.title.slice(0, 300), 'data', { font: 'Display', bold: true, color: ink.white, fontSize: titleSize }),
          lineHeight: 1.12,
          margin: [0, 42, 40, 0],
        },
      ],
      absolutePosition: { x: page.left, y: 44 },
    },
    {
      text: inlines(context, `${model.cover.reportId}    ${showInstant(model.cover.asOf)}`, 'data', { color: '#c8d6e5', fontSize: 9 }),
      absolutePosition: { x: page.left, y: bandHeight - 30 },
    },
    { text: ' ', margin: [0, bandHeight - page.top + 4, 0, 0] },
    ...printBlock(context, {
      type: 'notice',
      tone: model.conclusion.tone,
      title: model.conclusion.label,
      text: [{ text: [model.conclusion.text, ...model.conclusion.reasons.slice(0, 4)].join(' '), kind: 'data' }],
    }),
    ...model.qualification.flatMap((line) =>
      printBlock(context, { type: 'notice', tone: 'warning', title: 'Issued with qualification', text: [{ text: line.text, kind: 'prose' }] }),
    ),
    facts(context, model, digest, generatedAt),
    ...model.scope.limits.slice(0, 1).flatMap((limit) => printBlock(context, { type: 'paragraph', tone: 'note', spans: [{ text: limit, kind: 'data' }] })),
    { text: '', pageBreak: 'after' },
  ];
}
