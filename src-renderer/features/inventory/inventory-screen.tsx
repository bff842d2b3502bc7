/** Inventory: every record of every kind, searched, filtered and counted by the store. */
import type { JSX } from 'react';
import { entityOf } from '../../../src-shared/domain/dictionary.ts';
import { useAssayQuery } from '../../api/hooks.ts';
import { Page } from '../../ui/page.tsx';
import { useScreenSearch } from '../../ui/search-state.ts';
import { SnapshotSelect } from '../../ui/snapshot-select.tsx';
import { EmptyNothingImported, ErrorPanel } from '../../ui/states.tsx';
import { FacetPanel } from './facet-panel.tsx';
import classes from './inventory.module.css';
import { InventoryList } from './inventory-list.tsx';
import { KindSwitcher, kindCounts } from './kind-switcher.tsx';
import { inventorySearch } from './search.ts';

export { inventorySearch } from './search.ts';

export function InventoryScreen(): JSX.Element {
  const [search, patch] = useScreenSearch(inventorySearch);
  const snapshots = useAssayQuery('snapshots.list', {});
  if (snapshots.error) {
    return (
      <Page title="Inventory">
        <ErrorPanel error={snapshots.error} what="snapshots.list" onRetry={() => void snapshots.refetch()} />
      </Page>
    );
  }
  if (snapshots.data?.snapshots.length === 0) {
    return (
      <Page title="Inventory">
        <EmptyNothingImported what="The inventory" />
      </Page>
    );
  }
  return (
    <Page
      title="Inventory"
      subtitle={
        search.snapshot === undefined
          ? 'The newest registry snapshot of every registry'
          : `As of snapshot ${search.snapshot}: ${entityOf(search.kind).plural.toLowerCase()}`
      }
      layout="fill"
      actions={
        <SnapshotSelect
          label="Snapshot"
          none="Newest registry snapshots"
          width={330}
          value={search.snapshot}
          onChange={(snapshot) => patch({ snapshot }, 'push')}
        />
      }
    >
      <div className={classes['layout']}>
        <div className={classes['side']}>
          <h2 className={classes['sideTitle']}>Records</h2>
          <KindSwitcher
            counts={kindCounts(snapshots.data?.snapshots ?? [], search.snapshot)}
            kind={search.kind}
            onKind={(kind) => patch({ kind, filters: [], sort: 'id', descending: false }, 'push')}
          />
          <FacetPanel search={search} onFilters={(filters) => patch({ filters })} />
        </div>
        <InventoryList key={search.kind} search={search} onSearch={patch} />
      </div>
    </Page>
  );
}
