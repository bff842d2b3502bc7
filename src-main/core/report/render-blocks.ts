/** Blocks of a ReportModel as pdfmake content. */
import type { Content, CustomTableLayout, TableCell } from 'pdfmake/interfaces.js';
import { verdictLabels } from '../../../src-shared/domain/verdict.ts';
import { assertNever } from '../../../src-shared/result.ts';
import { lineageSvg } from './lineage-svg.ts';
import type { Block } from './model.ts';
import { printTable, shownSentence } from './render-tables.ts';
import { cellInlines, inlines, pill, type TextContext } from './render-text.ts';
import { contentWidth, ink, severityColours, tones } from './theme.ts';
import { showCount } from './wording.ts';

type Of<T extends Block['type']> = Extract<Block, { type: T }>;

const bare: CustomTableLayout = {
  hLineWidth: () => 0,
  vLineWidth: () => 0,
  paddingLeft: () => 0,
  paddingRight: () => 0,
  paddingTop: () => 0,
  paddingBottom: () => 0,
};

/** A box with a coloured bar on its left. */
function barred(bar: string, fill: string | null, content: Content[], width: number = contentWidth): Content {
  return {
    table: {
      widths: [3, width - 3 - 20],
      body: [
        [
          { text: '', fillColor: bar },
          { stack: content, ...(fill === null ? {} : { fillColor: fill }) },
        ],
      ],
    },
    layout: {
      ...bare,
      paddingLeft: (column) => (column === 0 ? 0 : 10),
      paddingRight: (column) => (column === 0 ? 0 : 10),
      paddingTop: () => 6,
      paddingBottom: () => 6,
    },
    margin: [0, 3, 0, 9],
  };
}

/** Anchor of no height: a named destination before what it names. */
export const anchorNode = (id: string): Content => ({ text: ' ', fontSize: 0.5, lineHeight: 0.1, id });

function keyValue(context: TextContext, block: Of<'keyValue'>): Content[] {
  if (block.rows.length === 0) return [];
  return [
    {
      table: {
        widths: [122, contentWidth - 122 - 16],
        body: block.rows.map((row): TableCell[] => [
          { text: inlines(context, row.label, 'prose', { color: ink.muted, fontSize: 7.8 }) },
          { text: cellInlines(context, row.value, { fontSize: 8.2 }), fontSize: 8.2 },
        ]),
      },
      layout: {
        hLineWidth: (row) => (row === 0 ? 0 : 0.35),
        vLineWidth: () => 0,
        hLineColor: () => ink.hairline,
        paddingLeft: (column) => (column === 0 ? 0 : 8),
        paddingRight: (column) => (column === 0 ? 8 : 0),
        paddingTop: () => 3.2,
        paddingBottom: () => 3.2,
      },
      margin: [0, 2, 0, 10],
    },
  ];
}

function totals(context: TextContext, block: Of<'totals'>): Content[] {
  const gap = 8;
  const width = (contentWidth - gap * (block.items.length - 1)) / block.items.length;
  return [
    {
      columns: block.items.map((item) => ({
        width,
        table: {
          widths: [width - 20],
          body: [
            [
              {
                stack: [
                  { text: inlines(context, item.label, 'prose', { color: ink.muted, fontSize: 7 }) },
                  {
                    text: cellInlines(
                      context,
                      [
                        {
                          text: String(item.value),
                          kind: 'number',
                          ...(item.link === undefined ? {} : { link: item.link }),
                        },
                      ],
                      { font: 'Display', fontSize: 17, color: ink.accent },
                    ),
                    margin: [0, 1, 0, 1] as [number, number, number, number],
                  },
                  {
                    text: inlines(
                      context,
                      item.of === null ? item.ofLabel : `of ${showCount(item.of)} ${item.ofLabel}`,
                      'prose',
                      {
                        color: ink.muted,
                        fontSize: 7,
                      },
                    ),
                  },
                ],
              },
            ],
          ],
        },
        layout: {
          ...bare,
          hLineWidth: (row: number) => (row === 0 ? 1.6 : 0.35),
          hLineColor: (row: number) => (row === 0 ? ink.accent : ink.hairline),
          vLineWidth: () => 0.35,
          vLineColor: () => ink.hairline,
          paddingLeft: () => 9,
          paddingRight: () => 9,
          paddingTop: () => 7,
          paddingBottom: () => 7,
        },
      })),
      columnGap: gap,
      margin: [0, 4, 0, 12],
      unbreakable: true,
    },
  ];
}

function finding(context: TextContext, block: Of<'finding'>): Content[] {
  const colour = severityColours[block.severity];
  return [
    anchorNode(block.anchor),
    {
      unbreakable: block.rows.every((row) => row.value.flat().reduce((sum, span) => sum + span.text.length, 0) < 1500),
      stack: [
        {
          table: {
            widths: [contentWidth - 12],
            body: [
              [
                {
                  stack: [
                    {
                      columns: [
                        {
                          width: '*',
                          text: [
                            pill(block.severity),
                            { text: '  ' },
                            ...inlines(context, block.ruleId, 'data', { bold: true, color: colour, fontSize: 8 }),
                          ],
                        },
                        {
                          width: 'auto',
                          text: inlines(context, block.extent, 'data', { color: ink.muted, fontSize: 7.2 }),
                        },
                      ],
                    },
                    {
                      text: inlines(context, block.title, 'data', { font: 'Display', bold: true, fontSize: 10.5 }),
                      margin: [0, 3, 0, 0],
                    },
                  ],
                },
              ],
            ],
          },
          layout: {
            ...bare,
            hLineWidth: (row) => (row === 0 ? 1.6 : 0),
            hLineColor: () => colour,
            paddingTop: () => 6,
            paddingBottom: () => 3,
            paddingRight: () => 12,
          },
          margin: [0, 8, 0, 0],
        },
        {
          table: {
            widths: [88, contentWidth - 88 - 8],
            body: block.rows.map((row): TableCell[] => [
              { text: inlines(context, row.label, 'prose', { color: ink.muted, fontSize: 7.4 }) },
              {
                stack: row.value.map((cell) => ({
                  text: cellInlines(context, cell, { fontSize: 7.8 }),
                  fontSize: 7.8,
                  lineHeight: 1.15,
                  margin: [0, 0, 0, 1.5],
                })),
              },
            ]),
          },
          layout: {
            ...bare,
            paddingLeft: (column) => (column === 0 ? 0 : 8),
            paddingTop: () => 1.8,
            paddingBottom: () => 1.8,
          },
        },
      ],
    },
    ...printTable(context, {
      caption: null,
      columns: block.subjects.columns,
      rows: block.subjects.rows,
      total: block.subjects.total,
      unit: 'findings',
      data: block.subjects.data,
    }),
  ];
}

function verdictRows(context: TextContext, block: Of<'verdicts'>): Content[] {
  const cards = block.rows.map(
    (row): Content => ({
      unbreakable: row.facts.length < 12,
      stack: [
        barred(severityColours[row.severity], null, [
          {
            columns: [
              { width: '*', text: inlines(context, row.title, 'data', { bold: true, fontSize: 8.2 }) },
              {
                width: 'auto',
                text: [{ text: `${verdictLabels[row.verdict]}   `, color: ink.muted, fontSize: 7 }, pill(row.severity)],
              },
            ],
            columnGap: 10,
          },
          { text: inlines(context, row.sentence, 'data', { fontSize: 7.8 }), margin: [0, 2, 0, 2], lineHeight: 1.15 },
          ...(row.facts.length === 0
            ? []
            : [
                {
                  table: {
                    widths: [86, contentWidth - 23 - 94],
                    body: row.facts.map((fact): TableCell[] => [
                      { text: inlines(context, fact.label, 'data', { color: ink.muted, fontSize: 7 }) },
                      { text: cellInlines(context, fact.value, { fontSize: 7.4 }), fontSize: 7.4 },
                    ]),
                  },
                  layout: {
                    ...bare,
                    paddingLeft: (column: number) => (column === 0 ? 0 : 8),
                    paddingTop: () => 1,
                    paddingBottom: () => 1,
                  },
                },
              ]),
        ]),
      ],
    }),
  );
  return [
    anchorNode(block.anchor),
    ...cards,
    ...(block.rows.length < block.total
      ? [
          {
            text: inlines(context, shownSentence(block.rows.length, block.total, 'rows', block.data), 'prose', {
              color: ink.muted,
              fontSize: 7,
            }),
            margin: [0, 0, 0, 8] as [number, number, number, number],
          },
        ]
      : []),
  ];
}

function lineage(context: TextContext, block: Of<'lineage'>): Content[] {
  return [
    anchorNode(block.anchor),
    {
      unbreakable: true,
      stack: [
        { text: inlines(context, block.caption, 'prose', { bold: true, fontSize: 8 }), margin: [0, 4, 0, 6] },
        { svg: lineageSvg(block, context.typesetter), width: block.width },
        {
          text: inlines(
            context,
            shownSentence(block.nodes.length, block.reachable, 'reachable records', 'lineage-nodes'),
            'prose',
            { color: ink.muted, fontSize: 7 },
          ),
          margin: [0, 6, 0, 8],
        },
      ],
    },
  ];
}

function signOff(context: TextContext, block: Of<'signOff'>): Content[] {
  const gap = 24;
  const width = (contentWidth - gap * (block.lines.length - 1)) / block.lines.length;
  const rule = (label: string): Content => ({
    stack: [
      {
        canvas: [{ type: 'line', x1: 0, y1: 0, x2: width, y2: 0, lineWidth: 0.5, lineColor: ink.muted }],
        margin: [0, 26, 0, 2],
      },
      { text: inlines(context, label, 'prose', { color: ink.muted, fontSize: 7 }) },
    ],
  });
  return [
    {
      unbreakable: true,
      stack: [
        {
          columns: block.lines.map((line) => ({
            width,
            stack: [
              { text: inlines(context, `${line.role} (${line.note})`, 'prose', { color: ink.muted, fontSize: 7.4 }) },
              {
                text: inlines(context, line.name, 'data', { font: 'Display', bold: true, fontSize: 11 }),
                margin: [0, 2, 0, 0] as [number, number, number, number],
              },
              rule('Signature'),
              rule('Date (UTC)'),
            ],
          })),
          columnGap: gap,
          margin: [0, 8, 0, 6],
        },
        {
          text: inlines(
            context,
            'A digital signature, where there is one, is shown by the PDF reader’s signature panel and covers the whole file.',
            'prose',
            { color: ink.muted, fontSize: 7 },
          ),
          margin: [0, 6, 0, 10],
        },
      ],
    },
  ];
}

/** Content of one block. */
export function printBlock(context: TextContext, block: Block): Content[] {
  switch (block.type) {
    case 'heading':
      return [
        ...(block.anchor === undefined ? [] : [anchorNode(block.anchor)]),
        {
          text: inlines(context, block.text, 'prose', {
            font: 'Display',
            bold: true,
            fontSize: block.level === 2 ? 10.5 : 9,
            color: ink.text,
          }),
          margin: [0, 10, 0, 5],
        },
      ];
    case 'paragraph': {
      const size = block.tone === 'lead' ? 9.6 : block.tone === 'note' ? 7.4 : 8.6;
      const colour = block.tone === 'note' ? ink.muted : ink.text;
      return [
        {
          text: cellInlines(context, block.spans, {
            fontSize: size,
            color: colour,
            font: block.tone === 'lead' ? 'Display' : 'Body',
          }),
          lineHeight: 1.28,
          margin: [0, 0, 0, block.tone === 'note' ? 5 : 8],
        },
      ];
    }
    case 'list':
      return [
        {
          ul: block.items.map((item) => ({
            text: cellInlines(context, item, { fontSize: 8.4 }),
            lineHeight: 1.2,
            margin: [0, 0, 0, 3] as [number, number, number, number],
          })),
          markerColor: ink.accent,
          fontSize: 8.4,
          margin: [0, 2, 0, 8],
        },
      ];
    case 'keyValue':
      return keyValue(context, block);
    case 'table':
      return [anchorNode(block.anchor), ...printTable(context, { ...block, data: block.data })];
    case 'totals':
      return totals(context, block);
    case 'finding':
      return finding(context, block);
    case 'verdicts':
      return verdictRows(context, block);
    case 'lineage':
      return lineage(context, block);
    case 'notice':
      return [
        {
          unbreakable: true,
          stack: [
            barred(tones[block.tone].bar, tones[block.tone].fill, [
              {
                text: inlines(context, block.title, 'data', { bold: true, fontSize: 9, color: tones[block.tone].bar }),
                margin: [0, 0, 0, 2],
              },
              { text: cellInlines(context, block.text, { fontSize: 8.2 }), lineHeight: 1.22 },
            ]),
          ],
        },
      ];
    case 'empty':
      return [
        { text: inlines(context, block.text, 'data', { color: ink.muted, fontSize: 8.2 }), margin: [0, 3, 0, 10] },
      ];
    case 'signOff':
      return signOff(context, block);
    default:
      return assertNever(block);
  }
}
