/** Small builders for the blocks of a ReportModel, and the one place where a long table is cut. */
import type { Severity } from '../../../src-shared/domain/finding.ts';
import type { Block, Cell, Column, DataSet, Section, Span } from './model.ts';
import { noEvidence } from './wording.ts';

export const span = (text: string, kind: Span['kind'] = 'data', link?: string): Span =>
  link === undefined ? { text, kind } : { text, kind, link };

/** A cell of what a record says; blank becomes "no evidence supplied", never an empty cell. */
export const data = (text: string, link?: string): Cell =>
  text.trim() === '' ? [span(noEvidence, 'muted')] : [span(text, 'data', link)];
export const prose = (text: string, link?: string): Cell => [span(text, 'prose', link)];
export const code = (text: string, link?: string): Cell =>
  text === '' ? [span(noEvidence, 'muted')] : [span(text, 'code', link)];
export const count = (value: number, link?: string): Cell => [span(String(value), 'number', link)];
export const severityCell = (severity: Severity): Cell => [span(severity, 'severity')];
export const state = (text: string): Cell => [span(text, 'state')];

export const paragraph = (text: string): Block => ({ type: 'paragraph', spans: prose(text), tone: 'body' });
export const lead = (text: string): Block => ({ type: 'paragraph', spans: prose(text), tone: 'lead' });
export const note = (text: string): Block => ({ type: 'paragraph', spans: prose(text), tone: 'note' });
export const heading = (text: string, anchor?: string): Block =>
  anchor === undefined ? { type: 'heading', level: 2, text } : { type: 'heading', level: 2, text, anchor };
export const empty = (what: string): Block => ({ type: 'empty', text: `${what}: ${noEvidence}.` });
export const notice = (tone: 'info' | 'good' | 'warning' | 'critical', title: string, text: string): Block => ({
  type: 'notice',
  tone,
  title,
  text: prose(text),
});
export const section = (number: string, title: string, blocks: readonly Block[]): Section => ({
  id: `section-${number.toLowerCase()}`,
  number,
  title,
  blocks: [...blocks],
});

type DataValue = DataSet['rows'][number][number];

export interface TableColumn<T> {
  readonly label: string;
  readonly weight: number;
  readonly align?: Column['align'];
  readonly cell: (row: T) => Cell;
  /** What the attached data set holds for this column; absent: the cell's text. */
  readonly value?: (row: T) => DataValue;
}

export interface TableSpec<T> {
  readonly name: string;
  readonly caption: string;
  readonly unit: string;
  readonly columns: readonly TableColumn<T>[];
  /** Rows printed at most; the rest is in the data set. */
  readonly cap: number;
  /** Attach the data set even when nothing is cut. */
  readonly attach?: boolean;
}

const cellText = (cell: Cell): string => cell.map((part) => part.text).join('');

export const toColumn = <T>(column: TableColumn<T>): Column => ({
  label: column.label,
  weight: column.weight,
  align: column.align ?? 'left',
});

/** The full data of a table as an attachable set. */
export const dataSetOf = <T>(spec: TableSpec<T>, rows: readonly T[]): DataSet => ({
  name: spec.name,
  title: spec.caption,
  columns: spec.columns.map((column) => column.label),
  rows: rows.map((row) =>
    spec.columns.map((column) => (column.value ? column.value(row) : cellText(column.cell(row)))),
  ),
});

/** A table block; rows beyond the cap go to `sets` whole, and the printed table then says "N of M shown". */
export function table<T>(sets: DataSet[], spec: TableSpec<T>, rows: readonly T[]): Block {
  if (rows.length === 0) return { type: 'empty', text: `${spec.caption}: none.` };
  const cut = rows.length > spec.cap;
  if (cut || spec.attach) sets.push(dataSetOf(spec, rows));
  return {
    type: 'table',
    anchor: spec.name,
    caption: spec.caption,
    columns: spec.columns.map(toColumn),
    rows: rows.slice(0, spec.cap).map((row) => spec.columns.map((column) => column.cell(row))),
    total: rows.length,
    unit: spec.unit,
    ...(cut || spec.attach ? { data: spec.name } : {}),
  };
}
