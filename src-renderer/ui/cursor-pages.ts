/**
 * A list behind a keyset cursor as a row source: pages are fetched as rows come into view and read by index.
 *
 * Rows stay in their pages, so that reaching row 100,000 costs no copying; while a filter changes, the rows before stay in
 * place and are marked stale.
 */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { InputOf, OutputOf } from '../../src-shared/contract/contract.ts';
import { assay } from '../api/client.ts';
import type { RowSource } from './data-table-model.ts';

export type PagedMethod =
  | 'inventory.list'
  | 'inventory.reviewQueue'
  | 'findings.list'
  | 'reconcile.rows'
  | 'snapshots.diff';

type RowOf<M extends PagedMethod> = OutputOf<M>['rows'][number];

export interface CursorPages<M extends PagedMethod> extends RowSource<RowOf<M>> {
  /** The first page, for totals and facets. */
  readonly first: OutputOf<M> | undefined;
  readonly error: Error | null;
  readonly rows: () => readonly RowOf<M>[];
  readonly refetch: () => void;
}

/** The first page is small, so that rows appear at once; the later ones are large, so that a far jump needs few. */
const firstPage = 100;
const laterPages = 500;

export function useCursorPages<M extends PagedMethod>(
  method: M,
  input: Omit<InputOf<M>, 'cursor' | 'limit'>,
  options: { readonly enabled?: boolean; readonly total?: (first: OutputOf<M>) => number } = {},
): CursorPages<M> {
  const query = useInfiniteQuery({
    queryKey: [method, input, 'pages'],
    queryFn: ({ pageParam }): Promise<OutputOf<M>> =>
      assay.get(method, {
        ...input,
        limit: pageParam === null ? firstPage : laterPages,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      } as InputOf<M>),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
    // Comparing every loaded page on each fetch would cost more than drawing it.
    structuralSharing: false,
    enabled: options.enabled ?? true,
  });

  const pages = query.data?.pages;
  const first = pages?.[0];
  const loaded = useMemo(() => (pages ?? []).reduce((sum, page) => sum + page.rows.length, 0), [pages]);
  const total = first
    ? Math.max(loaded, totalOf(first, options.total) ?? (query.hasNextPage ? loaded + 1 : loaded))
    : 0;

  const wanted = useRef(0);
  const { fetchNextPage, hasNextPage, isFetching } = query;
  useEffect(() => {
    if (wanted.current >= loaded && loaded > 0 && hasNextPage && !isFetching) void fetchNextPage();
  }, [loaded, hasNextPage, isFetching, fetchNextPage]);

  const ensure = useCallback(
    (index: number) => {
      wanted.current = index;
      if (index >= loaded && loaded > 0 && hasNextPage && !isFetching) void fetchNextPage();
    },
    [loaded, hasNextPage, isFetching, fetchNextPage],
  );
  const starts = useMemo(() => {
    let start = 0;
    return (pages ?? []).map((page) => {
      const here = start;
      start += page.rows.length;
      return here;
    });
  }, [pages]);
  const rowAt = useCallback(
    (index: number): RowOf<M> | undefined => {
      const page = pageOf(starts, index);
      return pages?.[page]?.rows[index - (starts[page] ?? 0)];
    },
    [pages, starts],
  );
  const rows = useCallback(() => (pages ?? []).flatMap((page): readonly RowOf<M>[] => page.rows), [pages]);
  const { isPending, isPlaceholderData, error, refetch } = query;
  return useMemo(
    () => ({
      total,
      loaded,
      rowAt,
      ensure,
      pending: isPending,
      stale: isPlaceholderData,
      first,
      error,
      rows,
      refetch: () => void refetch(),
    }),
    [total, loaded, rowAt, ensure, isPending, isPlaceholderData, first, error, rows, refetch],
  );
}

/** Last page that starts at or before the index; a page may hold fewer rows than were asked for. */
function pageOf(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

function totalOf<M extends PagedMethod>(
  first: OutputOf<M>,
  count: ((first: OutputOf<M>) => number) | undefined,
): number | undefined {
  if (count) return count(first);
  return 'total' in first ? first.total : undefined;
}
