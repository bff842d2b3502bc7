/** Findings and verdict rows as cards. */
import type { Content, CustomTableLayout, TableCell } from 'pdfmake/interfaces.js';
import { verdictLabels } from '../../../src-shared/domain/verdict.ts';
import type { Block, Cell } from './model.ts';
import { printTable, shownSentence } from './render-tables.ts';
import { cellInlines, inlines, linesOf, linesPerPage, pill, type TextContext } from './render-text.ts';
import { contentWidth, ink, severityColours } from './theme.ts';

export type Of<T extends Block['type']> = Extract<Block, { type: T }>;

/** No lines, no padding. */
export const bare: CustomTableLayout = {
  hLineWidth: () => 0,
  vLineWidth: () => 0,
  paddingLeft: () => 0,
  paddingRight: () => 0,
  paddingTop: () => 0,
  paddingBottom: () => 0,
};

/** A box with a coloured bar on its left. */
export function barred(bar: string, fill: string | null, content: Content[], width: number = contentWidth): Content {
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

/** One rule's finding: condition, criterion, cause, recommendation, response, and its subjects. */
export function finding(context: TextContext, block: Of<'finding'>): Content[] {
  const colour = severityColours[block.severity];
  return [
    anchorNode(block.anchor),
    {
      unbreakable:
        block.rows.flatMap((row) => row.value).reduce((sum, cell) => sum + linesOf(cell, contentWidth - 96), 0) <=
        linesPerPage,
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

const plain = (text: string): Cell => [{ text, kind: 'data' }];

/** Verdict rows, each whole on one page where it can be. */
export function verdictRows(context: TextContext, block: Of<'verdicts'>): Content[] {
  const cards = block.rows.map(
    (row): Content => ({
      unbreakable:
        [plain(row.title), plain(row.sentence), ...row.facts.map((fact) => fact.value)].reduce(
          (sum, cell) => sum + linesOf(cell, contentWidth - 120),
          0,
        ) <= linesPerPage,
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
