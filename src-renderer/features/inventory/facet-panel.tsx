/** Facets of a kind with counts under the other filters; a tick is an "is" filter on that field. */
import type { JSX } from 'react';
import type { Filter } from '../../../src-shared/contract/schemas/inventory.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { FacetGroup } from '../../ui/facet-group.tsx';
import { effective } from '../../ui/filter-bar.tsx';
import classes from './inventory.module.css';
import type { InventorySearch } from './search.ts';

interface FacetPanelProps {
  readonly search: InventorySearch;
  readonly onFilters: (filters: Filter[]) => void;
}

/** Value under which a facet offers the records that leave the field empty. */
const emptyValue = '\u0000empty';

export function FacetPanel({ search, onFilters }: FacetPanelProps): JSX.Element | null {
  const { kind, snapshot, q, filters } = search;
  const facets = useAssayQuery('inventory.facets', {
    kind,
    search: q,
    filters: effective(filters),
    ...(snapshot === undefined ? {} : { snapshot }),
  });
  const list = facets.data?.facets.filter(({ values, empty }) => values.length + (empty > 0 ? 1 : 0) > 0) ?? [];
  if (list.length === 0) return null;

  const pick = (field: string, picked: readonly string[]): void => {
    const others = filters.filter((filter) => filter.field !== field || (filter.op !== 'is' && filter.op !== 'empty'));
    const values = picked.filter((value) => value !== emptyValue);
    const wantsEmpty = picked.includes(emptyValue);
    const before = filters.some((filter) => filter.field === field && filter.op === 'empty');
    // "Blank" and a value exclude each other: what was ticked last wins.
    if (wantsEmpty && (!before || values.length === 0)) onFilters([...others, { field, op: 'empty', values: [] }]);
    else onFilters(values.length === 0 ? others : [...others, { field, op: 'is', values }]);
  };
  return (
    <>
      <h2 className={classes['sideTitle']}>Narrow down</h2>
      <div className={classes['facets']}>
        {list.map(({ field, label, values, empty }, index) => {
          const own = filters.filter((filter) => filter.field === field);
          const picked = own.flatMap((filter) =>
            filter.op === 'is' ? filter.values : filter.op === 'empty' ? [emptyValue] : [],
          );
          return (
            <FacetGroup
              key={`${kind}/${field}`}
              label={label}
              values={[...values, ...(empty > 0 ? [{ value: emptyValue, count: empty, label: <em>Blank</em> }] : [])]}
              picked={picked}
              onPick={(next) => pick(field, next)}
              startOpen={index < 4}
            />
          );
        })}
      </div>
    </>
  );
}
