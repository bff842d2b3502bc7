/** The first page: what this is, about whom, on which evidence, with which conclusion. */
import type { Content, TableCell } from 'pdfmake/interfaces.js';
import { severities } from '../../../src-shared/domain/finding.ts';
import { code, data } from './blocks.ts';
import type { ReportModel } from './model.ts';
import { printBlock } from './render-blocks.ts';
import { printTable } from './render-tables.ts';
import { inlines, pill, type TextContext } from './render-text.ts';
import { contentWidth, ink, page, tones } from './theme.ts';
import { showCount, showInstant } from './wording.ts';

const bandHeight = 214;

function facts(context: TextContext, model: ReportModel, digest: string, generatedAt: string): Content {
  const { cover } = model;
  const rows: readonly (readonly [string, string, 'Body' | 'Code'])[] = [
    ['Organisation', cover.organisation, 'Body'],
    ['Workspace', cover.workspace, 'Body'],
    [
      'Report no.',
      cover.supersedes === null ? cover.reportId : `${cover.reportId}, replaces ${cover.supersedes}`,
      'Body',
    ],
    ['As of (UTC)', showInstant(cover.asOf), 'Body'],
    ['Prepared by', cover.preparedBy, 'Body'],
    ['Reviewed by', cover.reviewedBy, 'Body'],
    ['Intended reader', cover.reader, 'Body'],
    ['Scope', model.scope.statement, 'Body'],
    [
      'Policy packs',
      model.packs.map((pack) => `${pack.title} ${pack.version}`).join('; ') || 'no evidence supplied',
      'Body',
    ],
    [
      'Counted over',
      model.scope.denominators.map((item) => `${item.label.toLowerCase()}: ${showCount(item.value)}`).join('; '),
      'Body',
    ],
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
            {
              width: '*',
              text: inlines(context, model.documentKind.toUpperCase(), 'prose', {
                bold: true,
                color: '#c8d6e5',
                fontSize: 8.4,
              }),
            },
            {
              width: 'auto',
              text: inlines(context, model.cover.classification.toUpperCase(), 'data', {
                bold: true,
                color: ink.white,
                fontSize: 8.4,
              }),
            },
          ],
        },
        {
          text: inlines(context, model.title.slice(0, 300), 'data', {
            font: 'Display',
            bold: true,
            color: ink.white,
            fontSize: titleSize,
          }),
          lineHeight: 1.12,
          margin: [0, 42, 40, 0],
        },
      ],
      absolutePosition: { x: page.left, y: 44 },
    },
    {
      text: inlines(context, `${model.cover.reportId}    ${showInstant(model.cover.asOf)}`, 'data', {
        color: '#c8d6e5',
        fontSize: 9,
      }),
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
      printBlock(context, {
        type: 'notice',
        tone: 'warning',
        title: 'Issued with qualification',
        text: [{ text: line.text, kind: 'prose' }],
      }),
    ),
    facts(context, model, digest, generatedAt),
    ...evidence(context, model),
    ...model.scope.limits
      .slice(0, 1)
      .flatMap((limit) =>
        printBlock(context, { type: 'paragraph', tone: 'note', spans: [{ text: limit, kind: 'data' }] }),
      ),
    { text: '', pageBreak: 'after' },
  ];
}

const listedOnCover = 6;

/** The evidence at a glance; section 2 or 3 has all of it. */
function evidence(context: TextContext, model: ReportModel): Content[] {
  if (model.snapshots.length === 0) return [];
  return printTable(context, {
    caption: 'Evidence',
    columns: [
      { label: 'No.', weight: 5, align: 'left' },
      { label: 'Source', weight: 25, align: 'left' },
      { label: 'Taken at (UTC)', weight: 18, align: 'left' },
      { label: 'Statement SHA-256', weight: 52, align: 'left' },
    ],
    rows: model.snapshots
      .slice(0, listedOnCover)
      .map((snapshot) => [
        data(`S${snapshot.snapshot}`, 'snapshots'),
        data(snapshot.source),
        data(showInstant(snapshot.takenAt)),
        code(snapshot.digest),
      ]),
    total: model.snapshots.length,
    unit: 'snapshots',
    data: undefined,
  });
}

const guide: readonly (readonly [string, string])[] = [
  [
    'Figures',
    'Every count stands beside what it is counted over. Where a table is cut, it says “N of M shown” and the attached JSON has all rows.',
  ],
  [
    'Outcomes',
    'A rule fires, passes, cannot be evaluated (no source supplies a field it reads) or is not applicable. Cannot evaluate is never counted as a pass.',
  ],
  [
    'Clauses',
    'Law that applies now is worded as missing or contradicting evidence; what applies later as “will be needed from”; expectations and voluntary standards as practice not evidenced.',
  ],
  [
    'Snapshots',
    'S1, S2 and so on are the signed snapshots of the evidence list; their digests identify them wherever they lie.',
  ],
  [
    'Missing',
    '“no evidence supplied” means that nobody supplied the fact. It says nothing about whether the fact exists.',
  ],
  [
    'Characters',
    'What records say is printed as it is. A character that no font at hand can draw, or that is invisible, is printed as ⟨U+ and its code point⟩.',
  ],
  [
    'Integrity',
    'The content digest in the footer is the SHA-256 of the attached JSON. A change to either breaks the digital signature of the file.',
  ],
];

/** Below the contents: how severities are marked and how to read the figures. */
export function readingGuide(context: TextContext): Content[] {
  return [
    { text: 'How to read this report', font: 'Display', bold: true, fontSize: 11, margin: [0, 26, 0, 8] },
    {
      table: {
        widths: [70, contentWidth - 70 - 8],
        body: [
          [
            { text: inlines(context, 'Severity', 'prose', { color: ink.muted, fontSize: 7.6 }) },
            { text: severities.flatMap((severity) => [pill(severity), { text: '   ' }]) },
          ],
          ...guide.map(([label, text]): TableCell[] => [
            { text: inlines(context, label, 'prose', { color: ink.muted, fontSize: 7.6 }) },
            { text: inlines(context, text, 'prose', { fontSize: 7.8 }), lineHeight: 1.2 },
          ]),
        ],
      },
      layout: {
        hLineWidth: (row) => (row === 0 ? 0 : 0.35),
        vLineWidth: () => 0,
        hLineColor: () => ink.hairline,
        paddingLeft: (column) => (column === 0 ? 0 : 8),
        paddingRight: () => 0,
        paddingTop: () => 4,
        paddingBottom: () => 4,
      },
    },
    { text: '', pageBreak: 'after' },
  ];
}
