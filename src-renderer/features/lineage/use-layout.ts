/**
 * Positions for a graph, computed off the main thread under a deadline.
 *
 * ELK can run for very long on dense graphs and cannot be interrupted, so at the deadline its worker is ended and the nodes
 * stand in columns by their distance from the focus; the person is told which of the two is shown.
 */
import ELK from 'elkjs/lib/elk-api.js';
import { useEffect, useState } from 'react';
import type { LineageGraph } from '../../../src-shared/domain/lineage.ts';
import { elkInput, type Positions, type Routes, rankColumns } from './layout.ts';

const deadlineMs = 5000;

export interface Layout {
  /** Graph that these positions belong to. */
  readonly graph: LineageGraph;
  readonly positions: Positions;
  readonly routes: Routes;
  readonly by: 'engine' | 'columns';
}

/** Layout of the newest graph; the layout before stays until the next is ready. */
export function useLayout(graph: LineageGraph | undefined): Layout | undefined {
  const [layout, setLayout] = useState<Layout>();
  useEffect(() => {
    if (!graph) return;
    let current = true;
    const worker = new Worker(new URL('./elk.worker.ts', import.meta.url), { type: 'module' });
    const elk = new ELK({ workerFactory: () => worker });
    const finish = (next: Layout): void => {
      if (!current) return;
      current = false;
      clearTimeout(timer);
      worker.terminate();
      setLayout(next);
    };
    const columns = (): void => finish({ graph, positions: rankColumns(graph), routes: new Map(), by: 'columns' });
    const timer = setTimeout(columns, deadlineMs);
    worker.addEventListener('error', columns);
    elk.layout(elkInput(graph)).then(
      (result) =>
        finish({
          graph,
          by: 'engine',
          positions: new Map((result.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }])),
          routes: new Map(
            (result.edges ?? []).flatMap(({ id, sections }) => {
              const section = sections?.[0];
              return section
                ? [[id, [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]] as const]
                : [];
            }),
          ),
        }),
      columns,
    );
    return () => {
      current = false;
      clearTimeout(timer);
      worker.terminate();
    };
  }, [graph]);
  return layout;
}
