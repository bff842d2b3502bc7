/** The shown graph of a focus, with what was expanded on top of it. */
import { useQueries } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { LineageGraph } from '../../../src-shared/domain/lineage.ts';
import { parseRef, type RecordRef } from '../../../src-shared/domain/record.ts';
import { assay } from '../../api/client.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { type Direction, type Expansion, mergeGraphs } from './merge-graph.ts';

/** Above this, showing everything is asked for twice. */
export const manyNodes = 500;

interface Scope {
  readonly root: RecordRef;
  readonly up: number;
  readonly down: number;
  readonly snapshot?: number;
  readonly compareTo?: number;
  readonly maxNodes: number;
}

export interface ShownGraph {
  readonly graph: LineageGraph | undefined;
  readonly error: Error | null;
  readonly loading: boolean;
  readonly expanded: readonly Expansion[];
  readonly expand: (id: string, direction: Direction) => void;
  readonly collapse: (id: string) => void;
}

export function useGraph(scope: Scope): ShownGraph {
  const { root, snapshot, compareTo } = scope;
  const focus = `${root.kind}/${root.id}`;
  const base = useAssayQuery('lineage.graph', scope);
  const [expansions, setExpansions] = useState<{ readonly focus: string; readonly list: readonly Expansion[] }>({
    focus,
    list: [],
  });
  const list = expansions.focus === focus ? expansions.list : noExpansions;

  const answers = useQueries({
    queries: list.map(({ id, direction }) => {
      const ref = parseRef(id);
      const input = {
        root: ref ?? root,
        up: direction === 'up' ? 1 : 0,
        down: direction === 'down' ? 1 : 0,
        maxNodes: manyNodes,
        ...(snapshot === undefined ? {} : { snapshot }),
        ...(compareTo === undefined ? {} : { compareTo }),
      };
      return {
        queryKey: ['lineage.graph', input],
        queryFn: () => assay.get('lineage.graph', input),
        enabled: ref !== null,
      };
    }),
    combine: (results) => ({
      data: results.map(({ data }) => data),
      error: results.find(({ error }) => error !== null)?.error ?? null,
      loading: results.some(({ isLoading }) => isLoading),
    }),
  });
  const graph = useMemo(
    () =>
      base.data &&
      mergeGraphs(
        base.data,
        list.map((of, index) => ({ of, graph: answers.data[index] })),
      ),
    [base.data, list, answers.data],
  );
  const expand = useCallback(
    (id: string, direction: Direction) =>
      setExpansions((before) => {
        const now = before.focus === focus ? before.list : [];
        const there = now.some((one) => one.id === id && one.direction === direction);
        return { focus, list: there ? now : [...now, { id, direction }] };
      }),
    [focus],
  );
  const collapse = useCallback(
    (id: string) => setExpansions((before) => ({ focus, list: before.list.filter((one) => one.id !== id) })),
    [focus],
  );
  return {
    graph,
    error: base.error ?? answers.error,
    loading: base.isFetching || answers.loading,
    expanded: list,
    expand,
    collapse,
  };
}

const noExpansions: readonly Expansion[] = [];
