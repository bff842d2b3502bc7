/** What a table is told: its columns, and where its rows come from. */
import type { ReactNode } from 'react';

export interface DataColumn<Row> {
  readonly id: string;
  readonly header: string;
  /** Shown when the pointer rests on the header, and read out with it. */
  readonly help?: string;
  /** Pixels; the person can change it. */
  readonly width: number;
  /** Takes a share of the width that is left over. */
  readonly grow?: boolean;
  readonly align?: 'start' | 'end';
  /** Key that the store sorts by; absent: the header does not sort. */
  readonly sort?: string;
  /** Stays in view while the table scrolls sideways. */
  readonly pinned?: boolean;
  readonly hidden?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** The value as it is copied: raw, never shortened or localised. */
  readonly text: (row: Row) => string;
}

/** Rows behind keyset pages: known by index as far as they were loaded. */
export interface RowSource<Row> {
  readonly total: number;
  readonly loaded: number;
  rowAt(index: number): Row | undefined;
  /** Asks for pages until this index is loaded. */
  ensure(index: number): void;
  /** True while nothing has arrived yet. */
  readonly pending: boolean;
  /** True while shown rows belong to the filters before. */
  readonly stale: boolean;
}

export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

/** A position of the grid's cursor; row -1 is the header. */
export interface Position {
  readonly row: number;
  readonly col: number;
}

/** A list that is wholly in memory as a row source. */
export const sourceOf = <Row>(rows: readonly Row[]): RowSource<Row> => ({
  total: rows.length,
  loaded: rows.length,
  rowAt: (index) => rows[index],
  ensure: () => {},
  pending: false,
  stale: false,
});
