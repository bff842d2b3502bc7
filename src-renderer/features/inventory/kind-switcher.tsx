/** The kinds of records with how many there are; kinds that the snapshots do not hold come behind a button. */
import { UnstyledButton } from '@mantine/core';
import { type JSX, useState } from 'react';
import { entities, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { count } from '../../ui/numbers.ts';
import type { SnapshotSummary } from '../../ui/snapshot-select.tsx';
import classes from './inventory.module.css';

/**
 * Records per kind: of one snapshot, or of the newest registry snapshot of every registry, which is what the inventory shows
 * when no snapshot is chosen.
 */
export function kindCounts(
  snapshots: readonly SnapshotSummary[],
  chosen: number | undefined,
): ReadonlyMap<string, number> {
  const newest = new Map<string, SnapshotSummary>();
  for (const snapshot of snapshots) {
    if (chosen !== undefined ? snapshot.snapshot !== chosen : snapshot.role !== 'registry') continue;
    const before = newest.get(snapshot.registryId);
    if (!before || snapshot.sequence > before.sequence) newest.set(snapshot.registryId, snapshot);
  }
  const counts = new Map<string, number>();
  for (const snapshot of newest.values()) {
    for (const [kind, n] of Object.entries(snapshot.counts)) counts.set(kind, (counts.get(kind) ?? 0) + n);
  }
  return counts;
}

interface KindSwitcherProps {
  readonly counts: ReadonlyMap<string, number>;
  readonly kind: Kind;
  readonly onKind: (kind: Kind) => void;
}

export function KindSwitcher({ counts, kind, onKind }: KindSwitcherProps): JSX.Element {
  const [all, setAll] = useState(false);
  const present = entities.filter(({ entity }) => (counts.get(entity) ?? 0) > 0 || entity === kind);
  const shown = all ? entities : present;
  return (
    <nav aria-label="Kinds of records">
      {shown.map(({ entity, plural }) => (
        <UnstyledButton
          key={entity}
          className={`${classes['kind']} ${entity === kind ? classes['kindOn'] : ''}`}
          aria-current={entity === kind ? 'page' : undefined}
          onClick={() => onKind(entity)}
        >
          <KindIcon kind={entity} />
          <span className={classes['kindName']}>{plural}</span>
          <span className={classes['kindCount']}>{count(counts.get(entity) ?? 0)}</span>
        </UnstyledButton>
      ))}
      {present.length < entities.length && (
        <UnstyledButton
          className={`${classes['kind']} ${classes['kindCount']}`}
          onClick={() => setAll(!all)}
          aria-expanded={all}
        >
          {all ? 'Hide kinds without records' : `${entities.length - present.length} kinds without records`}
        </UnstyledButton>
      )}
    </nav>
  );
}
