/** Choosing one imported snapshot, named by registry, sequence and the time it was taken. */
import { Select } from '@mantine/core';
import type { JSX } from 'react';
import type { OutputOf } from '../../src-shared/contract/contract.ts';
import { useAssayQuery } from '../api/hooks.ts';

export type SnapshotSummary = OutputOf<'snapshots.list'>['snapshots'][number];

/** `#4 Prod registry, seq. 7, 2026-03-01 08:00Z`; the time is UTC, as stated by the collector. */
export const snapshotLabel = (snapshot: SnapshotSummary): string =>
  `#${snapshot.snapshot} ${snapshot.registryName}, seq. ${snapshot.sequence}, ${snapshot.takenAt.slice(0, 16).replace('T', ' ')}Z`;

interface SnapshotSelectProps {
  readonly label: string;
  readonly value: number | undefined;
  readonly onChange: (snapshot: number | undefined) => void;
  /** What no choice means: `Newest`, `No comparison`. */
  readonly none?: string;
  readonly width?: number;
  readonly only?: (snapshot: SnapshotSummary) => boolean;
  readonly labelHidden?: boolean;
}

export function SnapshotSelect(props: SnapshotSelectProps): JSX.Element {
  const { label, value, onChange, none, width = 300, only, labelHidden = true } = props;
  const list = useAssayQuery('snapshots.list', {});
  const options = (list.data?.snapshots ?? [])
    .filter((snapshot) => only?.(snapshot) ?? true)
    .map((snapshot) => ({ value: String(snapshot.snapshot), label: snapshotLabel(snapshot) }));
  return (
    <Select
      {...(labelHidden ? { 'aria-label': label } : { label })}
      w={width}
      size="sm"
      data={options}
      value={value === undefined ? null : String(value)}
      placeholder={none ?? label}
      clearable={none !== undefined}
      clearButtonProps={{ 'aria-label': `Clear: ${label}` }}
      searchable={options.length > 8}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      onChange={(next) => onChange(next === null ? undefined : Number(next))}
    />
  );
}
