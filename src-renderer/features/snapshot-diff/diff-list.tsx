/** What changed from one snapshot to another: three numbers per kind, then the records, each as a sentence. */
import { SegmentedControl, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconEqual, IconMinus, IconPencil, IconPlus } from '@tabler/icons-react';
import { type JSX, useMemo, useState } from 'react';
import type { OutputOf } from '../../../src-shared/contract/contract.ts';
import { entityOf, type Kind } from '../../../src-shared/domain/dictionary.ts';
import { ChangeBadge, type Tone, toneClass } from '../../ui/badges.tsx';
import { useCursorPages } from '../../ui/cursor-pages.ts';
import { type DataColumn, DataTable, useColumnView } from '../../ui/data-table.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { ListDetail } from '../../ui/list-detail.tsx';
import { count, countOf } from '../../ui/numbers.ts';
import { recordName, withShortDigests } from '../../ui/record-name.ts';
import { EmptyNoMatch, EmptyNotRun, ErrorPanel, Loading } from '../../ui/states.tsx';
import { ChangeDetail, type DiffRow } from './change-detail.tsx';
import classes from './diff.module.css';

type Delta = OutputOf<'snapshots.diff'>['kinds'][number];
type Change = DiffRow['change'];

const changes = ['added', 'changed', 'removed'] as const;
const looks = {
  added: { tone: 'good', icon: IconPlus },
  changed: { tone: 'medium', icon: IconPencil },
  removed: { tone: 'critical', icon: IconMinus },
} as const satisfies Record<Change, { tone: Tone; icon: unknown }>;

const columns: readonly DataColumn<DiffRow>[] = [
  {
    id: 'change',
    header: 'Change',
    width: 108,
    cell: (row) => <ChangeBadge change={row.change} />,
    text: (row) => row.change,
  },
  { id: 'kind', header: 'Kind', width: 108, cell: (row) => entityOf(row.kind).label, text: (row) => row.kind },
  { id: 'name', header: 'Record', width: 150, cell: (row) => recordName(row.id, row.name), text: (row) => row.id },
  {
    id: 'sentence',
    header: 'What changed',
    width: 170,
    grow: true,
    cell: (row) => withShortDigests(row.sentence),
    text: (row) => row.sentence,
  },
];

const changed = (delta: Delta): number => delta.added + delta.changed + delta.removed;

interface DiffListProps {
  readonly from: number;
  readonly to: number;
  readonly kind: Kind | undefined;
  readonly change: Change | undefined;
  readonly onChange: (patch: { kind?: Kind | undefined; change?: Change | undefined }) => void;
}

export function DiffList({ from, to, kind, change, onChange }: DiffListProps): JSX.Element {
  const list = useCursorPages(
    'snapshots.diff',
    { from, to, ...(kind === undefined ? {} : { kind }), ...(change === undefined ? {} : { change }) },
    {
      total: (first) =>
        first.kinds
          .filter((delta) => kind === undefined || delta.kind === kind)
          .reduce((sum, delta) => sum + (change === undefined ? changed(delta) : delta[change]), 0),
    },
  );
  const view = useColumnView('diff', columns);
  const [picked, setPicked] = useState<string>();
  const kinds = list.first?.kinds ?? [];
  const rows = useMemo(() => list.rows(), [list]);
  const shown = rows.find((row) => rowId(row) === picked) ?? rows[0];
  if (list.error) return <ErrorPanel error={list.error} what="snapshots.diff" onRetry={list.refetch} />;
  if (list.pending) return <Loading label="Comparing" />;
  const touched = kinds.filter((delta) => changed(delta) > 0);
  if (touched.length === 0 && kind === undefined && change === undefined) {
    const records = kinds.reduce((sum, delta) => sum + delta.records, 0);
    return (
      <EmptyNotRun title="Nothing changed" icon={<IconEqual size={26} />}>
        Snapshots {from} and {to} hold the same records with the same content: {countOf(records, 'record')} compared.
      </EmptyNotRun>
    );
  }
  return (
    <>
      <div className={classes['kinds']}>
        {touched.map((delta) => (
          <KindTile
            key={delta.kind}
            delta={delta}
            selected={delta.kind === kind}
            onClick={() => onChange({ kind: delta.kind === kind ? undefined : delta.kind })}
          />
        ))}
      </div>
      {list.loaded === list.total && <Common rows={rows} />}
      <div className={classes['bar']}>
        <SegmentedControl
          aria-label="Change"
          data={[
            { value: 'all', label: 'All' },
            ...changes.map((one) => ({ value: one, label: one.charAt(0).toUpperCase() + one.slice(1) })),
          ]}
          value={change ?? 'all'}
          onChange={(next) => onChange({ change: changes.find((one) => one === next) })}
        />
        <Text size="sm" c="dimmed" role="status">
          {countOf(list.total, 'record')}
          {kind === undefined ? '' : ` of kind ${entityOf(kind).label.toLowerCase()}`}
        </Text>
      </div>
      {list.total === 0 ? (
        <EmptyNoMatch onClear={() => onChange({ kind: undefined, change: undefined })} />
      ) : (
        <ListDetail
          detailLabel="Change in detail"
          listShare={54}
          list={
            <DataTable
              label="Changed records"
              view={view}
              source={list}
              rowId={rowId}
              currentId={shown && rowId(shown)}
              onCurrent={(row) => setPicked(rowId(row))}
              resetKey={`${from} ${to} ${kind} ${change}`}
            />
          }
          detail={shown && <ChangeDetail row={shown} from={from} to={to} />}
        />
      )}
    </>
  );
}

const rowId = (row: DiffRow): string => `${row.kind}/${row.id}`;

function KindTile({
  delta,
  selected,
  onClick,
}: {
  readonly delta: Delta;
  readonly selected: boolean;
  readonly onClick: () => void;
}): JSX.Element {
  return (
    <UnstyledButton className={classes['kind']} aria-pressed={selected} onClick={onClick}>
      <span className={classes['kindName']}>
        <KindIcon kind={delta.kind} size={15} />
        {entityOf(delta.kind).plural}
      </span>
      <span className={classes['kindNumbers']}>
        {changes.map((one) => {
          const { tone, icon: Glyph } = looks[one];
          return (
            <span
              key={one}
              title={`${delta[one]} ${one} of ${delta.records}`}
              className={`${classes['number']} ${delta[one] === 0 ? classes['zero'] : toneClass(tone)}`}
            >
              <Glyph size={13} stroke={2.25} aria-hidden />
              {count(delta[one])}
              <VisuallyHidden component="span"> {one}</VisuallyHidden>
            </span>
          );
        })}
      </span>
    </UnstyledButton>
  );
}

/** Changes that many records share, as one line each: "Licence changed in 214 models". */
function Common({ rows }: { readonly rows: readonly DiffRow[] }): JSX.Element | null {
  const counts = new Map<string, { readonly label: string; readonly kind: Kind; n: number }>();
  for (const row of rows) {
    if (row.change !== 'changed') continue;
    for (const field of row.fields) {
      const key = `${row.kind} ${field.field}`;
      const entry = counts.get(key) ?? { label: field.label, kind: row.kind, n: 0 };
      entry.n += 1;
      counts.set(key, entry);
    }
  }
  const common = [...counts.values()]
    .filter(({ n }) => n > 1)
    .sort((a, b) => b.n - a.n)
    .slice(0, 6);
  if (common.length === 0) return null;
  return (
    <ul className={classes['common']} aria-label="Changes that several records share">
      {common.map(({ label, kind, n }) => (
        <li key={`${kind} ${label}`}>
          <b>{label}</b> changed in {count(n)} {entityOf(kind).plural.toLowerCase()}
        </li>
      ))}
    </ul>
  );
}
