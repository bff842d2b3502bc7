/** Rows that a person marked. They are kept by id, so that they outlive a change of filter. */
import { useCallback, useMemo, useState } from 'react';

export interface Selection<Row> {
  readonly size: number;
  readonly rows: readonly Row[];
  has(id: string): boolean;
  toggle(id: string, row: Row): void;
  /** Marks or unmarks several rows at once. */
  set(entries: readonly (readonly [string, Row])[], on: boolean): void;
  clear(): void;
}

export function useSelection<Row>(): Selection<Row> {
  const [marked, setMarked] = useState<ReadonlyMap<string, Row>>(new Map());
  const toggle = useCallback((id: string, row: Row) => {
    setMarked((before) => {
      const after = new Map(before);
      if (!after.delete(id)) after.set(id, row);
      return after;
    });
  }, []);
  const set = useCallback((entries: readonly (readonly [string, Row])[], on: boolean) => {
    setMarked((before) => {
      const after = new Map(before);
      for (const [id, row] of entries) {
        if (on) after.set(id, row);
        else after.delete(id);
      }
      return after;
    });
  }, []);
  const clear = useCallback(() => setMarked(new Map()), []);
  return useMemo(
    () => ({ size: marked.size, rows: [...marked.values()], has: (id) => marked.has(id), toggle, set, clear }),
    [marked, toggle, set, clear],
  );
}
