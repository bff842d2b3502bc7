/** Tables in print: repeated caption and header, hairlines, zebra, fixed widths so that no cell can push the page out. */
import type { Content, CustomTableLayout, TableCell } from 'pdfmake/interfaces.js';
import type { Cell, Column } from './model.ts';
import { cellInlines, inlines, linesOf, linesPerPage, type TextContext } from './render-text.ts';
import { contentWidth, ink } from './theme.ts';
import { showCount } from './wording.ts';

const padding = 4;
export interface PrintedTable {
  readonly caption: string | null;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly total: number;
  readonly unit: string;
  readonly data: string | undefined;
}

const layout = (headerRows: number): CustomTableLayout => ({
  hLineWidth: (row, node) => (row === headerRows || row === node.table.body.length ? 0.8 : row < headerRows ? 0 : 0.35),
  vLineWidth: () => 0,
  hLineColor: (row, node) => (row === headerRows || row === node.table.body.length ? ink.accent : ink.hairline),
  paddingLeft: () => padding,
  paddingRight: () => padding,
  paddingTop: (row) => (row < headerRows ? 2.5 : 3),
  paddingBottom: (row) => (row < headerRows ? 2.5 : 3),
  fillColor: (row) => (row < headerRows ? null : (row - headerRows) % 2 === 1 ? ink.zebra : null),
});

/** "12 of 340 findings shown; all 340 are in the attached JSON." */
export const shownSentence = (shown: number, total: number, unit: string, data: string | undefined): string =>
  `${showCount(shown)} of ${showCount(total)} ${unit} shown${data === undefined ? '.' : `; all ${showCount(total)} are in the attached JSON (data set “${data}”).`}`;

export function printTable(context: TextContext, table: PrintedTable, width: number = contentWidth): Content[] {
  const weight = table.columns.reduce((sum, column) => sum + column.weight, 0);
  const widths = table.columns.map(
    (column) => Math.floor(((column.weight / weight) * width - 2 * padding) * 100) / 100,
  );
  const caption: TableCell[][] =
    table.caption === null
      ? []
      : [
          [
            {
              text: inlines(context, table.caption, 'data', { bold: true, color: ink.text, fontSize: 8 }),
              colSpan: table.columns.length,
              margin: [-padding, 4, 0, 1],
            },
            ...table.columns.slice(1).map(() => ({})),
          ],
        ];
  const header: TableCell[] = table.columns.map((column) => ({
    text: inlines(context, column.label, 'data', { bold: true, color: ink.accent, fontSize: 6.6 }),
    alignment: column.align,
    fillColor: ink.accentSoft,
    verticalAlignment: 'bottom',
  }));
  const body: TableCell[][] = table.rows.map((row) =>
    row.map(
      (cell, index): TableCell => ({
        text: cellInlines(context, cell, { fontSize: 7.4 }),
        fontSize: 7.4,
        lineHeight: 1.12,
        alignment: table.columns[index]?.align ?? 'left',
      }),
    ),
  );
  const headerRows = caption.length + 1;
  const lines = (row: readonly Cell[]): number =>
    Math.max(0, ...row.map((cell, index) => linesOf(cell, widths[index] ?? width)));
  const fits = (row: readonly Cell[]): boolean => lines(row) <= linesPerPage;
  const cut = table.rows.length < table.total;
  return [
    {
      table: {
        headerRows,
        keepWithHeaderRows: table.rows.slice(0, 1).every(fits) ? 1 : 0,
        dontBreakRows: table.rows.every(fits),
        widths,
        body: [...caption, header, ...body],
      },
      layout: layout(headerRows),
      margin: [0, 2, 0, cut ? 2 : 10],
    },
    ...(cut
      ? [
          {
            text: inlines(context, shownSentence(table.rows.length, table.total, table.unit, table.data), 'prose', {
              color: ink.muted,
              fontSize: 7,
            }),
            margin: [0, 0, 0, 10] as [number, number, number, number],
          },
        ]
      : []),
  ];
}
