/** Blocks of a ReportModel as pdfmake content. */

import type { Content, TableCell } from 'pdfmake/interfaces.js';
import { assertNever } from '../../../src-shared/result.ts';
import { lineageSvg } from './lineage-svg.ts';
import type { Block } from './model.ts';
import { anchorNode, bare, barred, finding, type Of, verdictRows } from './render-cards.ts';
import { printTable, shownSentence } from './render-tables.ts';
import { cellInlines, inlines, linesOf, linesPerPage, type TextContext } from './render-text.ts';
import { contentWidth, ink, tones } from './theme.ts';
import { showCount } from './wording.ts';

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
          unbreakable: linesOf(block.text, contentWidth - 23) <= linesPerPage,
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
